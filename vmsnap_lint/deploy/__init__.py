"""What is applied to which cluster: kustomize, helm, directories."""
