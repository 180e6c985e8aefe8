"""Stripe: payment by card and direct debit on Stripe's own Checkout page."""
