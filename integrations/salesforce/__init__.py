"""Salesforce: its client, its connector, the facts about its fields."""
