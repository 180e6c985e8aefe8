"""Stand-in servers for the systems customers own: a program of its own, run by `python -m integrations.sandbox`."""
