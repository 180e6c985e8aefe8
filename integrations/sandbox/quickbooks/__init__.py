"""QuickBooks Online: Intuit's sign-in, the accounting API of each company, custom field definitions."""
