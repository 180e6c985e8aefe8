"""Salesforce, as far as a customer's integration user sees it over REST."""
