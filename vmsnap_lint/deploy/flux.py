"""The jobs of a Flux Kustomization or HelmRelease, and what is missing for them."""
