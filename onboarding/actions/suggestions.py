"""Suggested requirements: taken onto the list with their sources, or put aside until that is undone."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import gates, requirement_sources, requirements
from onboarding.actors import SPECIALISTS, Actor
from onboarding.models import DismissedSuggestion, Engagement, Requirement
from onboarding.queries import suggestions
from onboarding.queries.suggestions import Suggestion


@transaction.atomic
def take(
    engagement_id: int, *, key: str, text: str, kind: str, priority: str, flow: str, by: Actor, at: datetime
) -> Requirement:
    """Put a suggestion on the list, as edited, with the sources it rests on. Taken twice it is on the list once.

    NotFound for what is not suggested; the sources come from the suggestion, never from the caller.
    """
    engagement = gates.writable(engagement_id, by, roles=requirements.WRITERS, steps=requirements.STEPS)
    if taken := engagement.requirements.filter(suggestion=key).exclude(suggestion="").first():
        return taken
    requirements.require_unsigned(engagement)
    suggestion = _suggested(engagement, key)
    words = requirements.checked({"text": text, "kind": kind, "priority": priority, "flow": flow})
    requirement = requirements.enlist(engagement, words, suggestion=key, by=by, at=at)
    for source in suggestion.sources:
        if source.sentence_id:
            requirement_sources.attach_sentence(requirement, source.sentence_id, by=by, at=at)
        elif source.questionnaire_id:
            requirement_sources.attach_answer(requirement, source.questionnaire_id, source.question, by=by, at=at)
        else:
            requirement_sources.attach_said(requirement, quote=source.quote, said_by=source.said_by, by=by, at=at)
    return requirement


@transaction.atomic
def dismiss(engagement_id: int, *, key: str, by: Actor, at: datetime) -> DismissedSuggestion:
    """Put a suggestion aside: it is shown no more. Twice is once; NotFound for what is not suggested."""
    engagement = _for_specialists(engagement_id, by)
    if earlier := engagement.dismissed_suggestions.filter(key=key).first():
        return earlier
    suggestion = _suggested(engagement, key)
    row = DismissedSuggestion.objects.create(
        company_id=engagement.company_id, engagement=engagement, key=key, by=by.name, at=at
    )
    data = {"suggestion": suggestion.text[:200]}
    outbox.record("suggestion.dismissed", engagement, by=by, at=at, data=data, is_internal=True)
    return row


@transaction.atomic
def restore(engagement_id: int, *, key: str, by: Actor, at: datetime) -> Engagement:
    """Show a suggestion again that was put aside; NotFound when it was not."""
    engagement = _for_specialists(engagement_id, by)
    deleted, _ = engagement.dismissed_suggestions.filter(key=key).delete()
    if not deleted:
        raise errors.NotFound
    outbox.record("suggestion.restored", engagement, by=by, at=at, data={}, is_internal=True)
    return engagement


def _for_specialists(engagement_id: int, by: Actor) -> Engagement:
    return gates.writable(
        engagement_id, by, roles=SPECIALISTS, steps=requirements.STEPS, words="Specialists weigh the suggestions."
    )


def _suggested(engagement: Engagement, key: str) -> Suggestion:
    for one in suggestions.open_for(engagement):
        if one.key == key:
            return one
    raise errors.NotFound
