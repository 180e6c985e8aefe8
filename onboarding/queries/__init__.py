"""Reads with a viewer."""
