"""QuickBooks Online: Intuit's OAuth, the client, the connector, the facts about its fields."""
