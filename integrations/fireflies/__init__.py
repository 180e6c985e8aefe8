"""Fireflies.ai: a notetaker in our meetings, its transcripts and summaries."""
