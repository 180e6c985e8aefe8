"""Zoom: meetings of our own account, hosted by our specialists."""
