"""The jobs of an Argo CD Application or ApplicationSet, and what is missing for them."""
