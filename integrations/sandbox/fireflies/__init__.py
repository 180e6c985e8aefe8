"""A stand-in for Fireflies.ai."""
