"""What both sides say about an agreement before it is signed: at a clause or about the whole, answered and settled."""

from __future__ import annotations

import re
from datetime import datetime

from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import agreement_letters, gates, rows
from onboarding.actions.agreements import ISSUING, facts, opened
from onboarding.actors import CUSTOMER_WRITERS, SPECIALISTS, Actor
from onboarding.models import Agreement, AgreementComment, Signer
from onboarding.rendering import redline
from onboarding.workflow.agreement_machine import CLOSED, INTERNAL, OPEN_FOR_SIGNATURE

LONGEST = 4000
SPEAKERS = CUSTOMER_WRITERS | SPECIALISTS
READERS = "A viewer reads; ask a colleague to comment."
CLAUSE = re.compile(r"[\w.() -]{0,20}")
BEFORE_IT = re.compile(r"^(§|clause\b|section\b)\s*", re.IGNORECASE)
PART = re.compile(r" ?\([a-z]\)$")  # "7.2 (b)" is at 7.2


@transaction.atomic
def write(agreement_id: int, *, text: str, clause: str = "", by: Actor, at: datetime) -> AgreementComment:
    """Say something about a clause (its number as printed, "7.2" or "Annex B"), or the whole; the other side gets a mail.

    The customer comments while it can be signed; InterWeave answers as long as the agreement was not replaced.
    """
    agreement, engagement = opened(agreement_id, by, roles=SPEAKERS, steps=ISSUING, words=READERS)
    _require_open(agreement, by)
    clause = _printed(agreement, clause)
    text = gates.said(text, field="text", words="Write your comment first.", longest=LONGEST)
    comment = AgreementComment.objects.create(
        company_id=agreement.company_id, agreement=agreement, clause=clause, text=text, by=by.name, at=at,
        side=Signer.Party.INTERWEAVE if by.is_staff else Signer.Party.CUSTOMER,
    )  # fmt: skip
    data = facts(agreement) | {"clause": clause or "the whole"}
    outbox.record("agreement.commented", engagement, by=by, at=at, data=data)
    agreement_letters.commented(comment, engagement, at=at)
    return comment


def _printed(agreement: Agreement, clause: str) -> str:
    """The clause as its thread names it; BadInput when this agreement prints none of that number.

    A thread that an earlier version began can be gone on with, though its clause is no longer there.
    """
    clause = BEFORE_IT.sub("", " ".join(clause.split())).removesuffix(".")
    if not CLAUSE.fullmatch(clause):
        raise errors.BadInput(fields={"clause": "Enter the clause's number as it is printed, for example 7.2."})
    if not clause:
        return ""
    printed = {number.casefold(): number for number in redline.clauses("msa", agreement.terms)}
    if PART.sub("", clause).casefold() in printed:
        return printed.get(clause.casefold(), clause)
    if AgreementComment.objects.filter(agreement__engagement=agreement.engagement_id, clause=clause).exists():
        return clause
    words = f"This agreement has no clause {clause}. Enter a number as it is printed, for example 7.2 or Annex B."
    raise errors.BadInput(fields={"clause": words})


def _require_open(agreement: Agreement, by: Actor) -> None:
    if agreement.state in OPEN_FOR_SIGNATURE:
        return
    if agreement.state in INTERNAL:
        raise errors.WrongState("It is commented once it is issued.")
    if agreement.state in CLOSED and by.is_staff and agreement.comments.filter(settled_at=None).exists():
        return
    raise errors.WrongState(f"This agreement is {agreement.get_state_display()}; write to your specialist instead.")


@transaction.atomic
def settle(comment_id: int, *, by: Actor, at: datetime) -> AgreementComment:
    """Close the thread this comment belongs to, by either side; another comment opens it again."""
    comment = rows.visible(AgreementComment, comment_id, by)
    agreement, engagement = opened(comment.agreement_id, by, roles=SPEAKERS, words=READERS)
    thread = agreement.comments.filter(clause=comment.clause, settled_at=None)
    if not thread.update(settled_at=at, settled_by=by.name):
        raise errors.WrongState("This is settled already.")
    data = facts(agreement) | {"clause": comment.clause or "the whole"}
    outbox.record("agreement.comments_settled", engagement, by=by, at=at, data=data)
    return comment
