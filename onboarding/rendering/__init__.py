"""Documents: a context in, PDF bytes out. No storage, no models, no clock."""
