"""A stand-in for Stripe: the API's shapes for Checkout, refunds and disputes, and a Checkout page to play."""
