"""Acts around a recorded meeting: consent, transcript, tasks. They belong to every step: meetings are held in most."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.timezone import now

from onboarding.actions import follow_ups, recordings, transcripts
from onboarding.actors import Role
from onboarding.library import recording_consent
from onboarding.models import ActionItem, Engagement, Meeting, RecordingConsent, Transcript
from tests.acts import ANY, MOMENT, SOON, STAFF, WRITERS, Act

TASK = {"text": "Name the administrator", "side": "customer", "person": "Maria", "due_on": SOON}

# fmt: off
ACTS = [
    Act("recordings.ask", STAFF, ANY, lambda w, by: recordings.ask(w.coming.pk, by=by, at=now())),
    Act("recordings.ask_also", STAFF, ANY, lambda w, by: recordings.ask_also(w.coming.pk, name="Tom",
        email="tom@acme.example", by=by, at=now())),
    Act("recordings.answer", "o", ANY, lambda w, by: recordings.answer(w.consent.pk, is_given=True,
        seen_sha256=recording_consent.digest(), by=by, at=now())),
    Act("recordings.note", STAFF, ANY, lambda w, by: recordings.note(w.consent.pk, is_given=False, by=by, at=now())),
    Act("recordings.call_off", STAFF, ANY, lambda w, by: recordings.call_off(w.coming.pk, by=by, at=now())),
    Act("transcripts.order", STAFF, ANY, lambda w, by: transcripts.order(w.coming.pk, vendor_id="01A", by=by,
        at=now())),
    Act("follow_ups.add", STAFF, ANY, lambda w, by: follow_ups.add(w.id, **TASK, by=by, at=now())),
    Act("follow_ups.take", STAFF, ANY, lambda w, by: follow_ups.take(w.item.pk, **TASK, by=by, at=now())),
    Act("follow_ups.dismiss", STAFF, ANY, lambda w, by: follow_ups.dismiss(w.item.pk, by=by, at=now())),
    Act("follow_ups.bring_back", STAFF, ANY, lambda w, by: follow_ups.bring_back(w.item.pk, by=by, at=now())),
    Act("follow_ups.finish", WRITERS + STAFF, ANY, lambda w, by: follow_ups.finish(w.theirs.pk, by=by, at=now())),
    Act("follow_ups.finish ours", STAFF, ANY, lambda w, by: follow_ups.finish(w.ours.pk, by=by, at=now())),
    Act("follow_ups.reopen", WRITERS + STAFF, ANY, lambda w, by: follow_ups.reopen(w.theirs.pk, by=by, at=now())),
]
# fmt: on


def rows(engagement: Engagement, people: dict[Role, Any], by: Any) -> dict[str, Any]:
    """What these acts are about: a coming meeting whose owner is asked, a promise, a task of each side."""
    about = {"company": engagement.company, "engagement": engagement}
    coming = Meeting.objects.create(
        **about, kind="check_in", channel="zoom", starts_at=MOMENT, minutes=30, booked_at=now(), booked_by="Priya",
        is_to_be_recorded=True, place="https://zoom.example/j/9",
    )  # fmt: skip
    consent = RecordingConsent.objects.create(
        **about, meeting=coming, name="Owner", email=people[Role.OWNER].email, asked_at=now(), text_version="1",
        text_sha256=recording_consent.digest(),
    )  # fmt: skip
    past = Meeting.objects.create(
        **about,
        kind="check_in",
        channel="zoom",
        starts_at=MOMENT - timedelta(days=70),
        booked_at=now(),
        booked_by="Priya",
    )
    transcript = Transcript.objects.create(**about, meeting=past, queued_at=now(), not_before=now(), state="done")
    sides = {
        side: follow_ups.add(engagement.pk, **TASK | {"side": side}, by=by, at=now())
        for side in ("customer", "interweave")
    }
    item = ActionItem.objects.create(**about, transcript=transcript, number=1, text="Name the administrator")
    return {
        "coming": coming,
        "consent": consent,
        "item": item,
        "theirs": sides["customer"],
        "ours": sides["interweave"],
    }
