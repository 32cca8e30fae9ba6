"""The rules of a team itself: policies, and the model that their expressions read."""
