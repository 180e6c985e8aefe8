"""Whether a meeting is recorded, in words for both sides' pages."""

from __future__ import annotations

from typing import Any

from onboarding.models import Meeting, RecordingConsent
from onboarding.queries.recordings import standing

TONES = {"asked": "warn", "given": "good", "refused": "bad"}
WORDS = {
    "asked": "Not everybody has answered yet. The notetaker comes only when all agree.",
    "agreed": "Everybody agreed: the notetaker records this meeting.",
    "refused": "Not everybody agrees: nobody is recorded, and the notetaker stays away.",
}
WORDS_AFTERWARDS = {
    "asked": "Not everybody had answered, so nobody was recorded.",
    "agreed": "Everybody agreed to be recorded.",
    "refused": "Not everybody agreed, so nobody was recorded.",
}
WORDS_BESIDE_A_TRANSCRIPT = {
    "asked": "Not everybody has answered, and there is a transcript from before.",
    "agreed": "Everybody agreed to be recorded.",
    "refused": "Somebody does not agree, and there is a transcript from before that was known.",
}


def drawn(meeting: Meeting, consents: list[RecordingConsent]) -> dict[str, Any]:
    """Where the consents of a meeting stand, and each person's answer."""
    state = standing(meeting, consents)
    return {
        "state": state,
        "words": _words(meeting).get(state, ""),
        "people": [{"consent": one, "tone": TONES[one.state]} for one in consents],
    }


def _words(meeting: Meeting) -> dict[str, str]:
    transcript = getattr(meeting, "transcript", None)
    if transcript is not None and (transcript.document_id or transcript.speakers):
        return WORDS_BESIDE_A_TRANSCRIPT
    return WORDS if meeting.is_open else WORDS_AFTERWARDS
