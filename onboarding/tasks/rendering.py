from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils.timezone import now

from onboarding.actions import documents, work
from onboarding.actors import SYSTEM
from onboarding.models import Rendering
from onboarding.rendering import characters, pdf


@shared_task(name="onboarding.render_document", acks_late=True, ignore_result=True)
def render_document(*, rendering_id: int, **_: Any) -> None:  # **_ lets an older worker run a newer message
    """Turn one ordered document into PDF bytes, hash and store it. Safe to run twice: the row is claimed."""
    if (rendering := work.claim(Rendering, rendering_id, at=now())) is None:
        return
    try:
        rendered = pdf.render(rendering.template, rendering.context)
    except characters.Unprintable as refusal:
        problem = {"words": refusal.words, "who_can_fix": "specialist", "class": refusal.code}
        work.fail(rendering, at=now(), problem=problem, retry=False)
        return
    except Exception as error:
        problem = {"words": "The document could not be made.", "who_can_fix": "us", "error": type(error).__name__}
        work.fail(rendering, at=now(), problem=problem, retry=True)
        raise
    documents.complete_rendering(rendering, pdf=rendered, by=SYSTEM, at=now())
