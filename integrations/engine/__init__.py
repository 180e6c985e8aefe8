"""The engine: what every integration does, with no vendor in it."""
