"""Acts on the list of requirements: kept, sourced, suggested, signed off, changed by requests."""

from __future__ import annotations

from typing import Any

from django.utils.timezone import now

from onboarding.actions import change_requests, requirement_sources, requirements, suggestions
from onboarding.models import DismissedSuggestion, Sentence
from onboarding.queries import suggestions as suggested
from tests.acts import ANY, STAFF, WRITERS, Act


def rows(cast: Any) -> dict[str, Any]:
    """A change request to decide, a sentence to cite, a suggestion, and one that was put aside."""
    row, by = cast.engagement, {"by": cast.specialist, "at": now()}
    change = change_requests.propose(
        row.pk, kind="change", requirement=1, text="Faster", requirement_kind="constraint", reason="It is too slow",
        by=cast.owner, at=now(),
    )  # fmt: skip
    change_requests.state_effect(change.pk, words="Two days of work.", days=2, **by)
    first, second = suggested.open_for(row)[:2]
    DismissedSuggestion.objects.create(company=cast.company, engagement=row, key=second.key, by="Priya", at=now())
    sentence = Sentence.objects.filter(transcript__engagement=row).first()
    return {"change": change, "suggested": first.key, "dismissed": second.key, "sentence": sentence}


# fmt: off
ACTS = [
    Act("requirements.add", WRITERS + STAFF, "II III", lambda w, by: requirements.add(w.id, text="Fast",
        kind="constraint", priority="", flow="", source="Call", by=by, at=now())),
    Act("requirements.change", STAFF, "II III", lambda w, by: requirements.change(w.requirement.pk, text="Fast",
        kind="constraint", priority="must", flow="", by=by, at=now())),
    Act("requirements.decline", STAFF, "II III", lambda w, by: requirements.decline(w.requirement.pk, reason="Later",
        by=by, at=now())),
    Act("requirements.sign_off", "os", "III", lambda w, by: requirements.sign_off(w.id, sha256="0" * 64, by=by,
        at=now())),
    Act("requirements.reopen", STAFF, "II III", lambda w, by: requirements.reopen(w.id, reason="One is missing", by=by,
        at=now())),
    Act("requirement_sources.say", STAFF, ANY, lambda w, by: requirement_sources.say(w.requirement.pk, quote="Fast",
        by=by, at=now())),
    Act("requirement_sources.cite_sentence", STAFF, ANY, lambda w, by: requirement_sources.cite_sentence(
        w.requirement.pk, sentence_id=w.sentence.pk, by=by, at=now())),
    Act("requirement_sources.cite_answer", STAFF, ANY, lambda w, by: requirement_sources.cite_answer(w.requirement.pk,
        questionnaire_id=w.questionnaire.pk, question="objective", by=by, at=now())),
    Act("requirement_sources.cite_document", STAFF, ANY, lambda w, by: requirement_sources.cite_document(
        w.requirement.pk, document_uuid=str(w.document.uuid), place="1", quote="Fast", by=by, at=now())),
    Act("requirement_sources.remove", STAFF, ANY, lambda w, by: requirement_sources.remove(
        w.requirement.sources.first().pk, by=by, at=now())),
    Act("suggestions.take", WRITERS + STAFF, "II III", lambda w, by: suggestions.take(w.id, key=w.suggested, text="Fast",
        kind="constraint", priority="", flow="", by=by, at=now())),
    Act("suggestions.dismiss", STAFF, "II III", lambda w, by: suggestions.dismiss(w.id, key=w.suggested, by=by,
        at=now())),
    Act("suggestions.restore", STAFF, "II III", lambda w, by: suggestions.restore(w.id, key=w.dismissed, by=by,
        at=now())),
    Act("change_requests.propose", WRITERS + STAFF, ANY, lambda w, by: change_requests.propose(w.id, kind="add",
        text="Fast", requirement_kind="constraint", reason="Now", by=by, at=now())),
    Act("change_requests.state_effect", STAFF, ANY, lambda w, by: change_requests.state_effect(w.change.pk,
        words="None", days=0, by=by, at=now())),
    Act("change_requests.approve", "os", ANY, lambda w, by: change_requests.approve(w.change.pk, by=by, at=now())),
    Act("change_requests.decline", "osSL", ANY, lambda w, by: change_requests.decline(w.change.pk, note="No", by=by,
        at=now())),
    Act("change_requests.withdraw", WRITERS, ANY, lambda w, by: change_requests.withdraw(w.change.pk, by=by,
        at=now())),
]
# fmt: on
