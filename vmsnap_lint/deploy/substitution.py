"""Variables of Flux in objects, replaced as Flux does it after a build."""
