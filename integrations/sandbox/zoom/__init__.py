"""A stand-in for Zoom."""
