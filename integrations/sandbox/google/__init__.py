"""A stand-in for Google's token endpoint and Calendar."""
