"""The only writers: `noun.verb(subject, …, by, at)`, each one transaction with its event."""
