"""Django's PostgreSQL backend, carrying the tenancy context to row-level security: the second wall."""
