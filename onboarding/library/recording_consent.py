"""The words people are asked with before a meeting is recorded, versioned: a changed sentence is a new version."""

import hashlib

VERSION = "1"
TEXT = (
    "InterWeave would like a notetaker (Fireflies.ai) to join this meeting. It records the sound, writes down what is "
    "said and by whom, and summarises it. People of your company and of InterWeave who work on this onboarding can "
    "read the transcript. The meeting takes place in any case: when one person says no, nobody is recorded. You can "
    "change your mind until the meeting starts."
)


def digest(text: str = TEXT) -> str:
    """SHA-256 of the words, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()
