"""What InterWeave knows before it meets a customer: solutions, flows, set-up tasks. Pure data, no models."""
