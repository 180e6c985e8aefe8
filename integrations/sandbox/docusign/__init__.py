"""A stand-in for DocuSign's eSignature API."""
