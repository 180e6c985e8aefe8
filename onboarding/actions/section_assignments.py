"""Sections of a questionnaire, each given to the colleague who knows."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from onboarding import errors, outbox
from onboarding.actions import messages, questionnaires
from onboarding.actors import CUSTOMER_WRITERS, Actor, Role
from onboarding.library import questionnaires as library
from onboarding.models import Member, Questionnaire, SectionAssignment
from onboarding.queries import questionnaires as queries

READERS = "A viewer reads; ask a colleague to give sections away."


@transaction.atomic
def assign(questionnaire_id: int, *, section: str, member_id: int, by: Actor, at: datetime) -> SectionAssignment:
    """Give a section to a member of the same company, in place of whoever had it; they are told by mail.

    Anybody who may answer can still answer it. Raises NotFound for an absent section or somebody else's member,
    BadInput for a member who only reads, WrongState while the document is in review or accepted.
    """
    questionnaire, found = _open(questionnaire_id, section, by)
    member = Member.objects.select_related("user").filter(
        company_id=questionnaire.company_id, pk=member_id, removed_at=None
    ).first()  # fmt: skip
    if member is None:
        raise errors.NotFound
    if CUSTOMER_WRITERS.isdisjoint(Role(role) for role in member.roles):
        raise errors.BadInput(fields={"member_id": f"{member.user.name} only reads. Choose somebody who may answer."})
    earlier = questionnaire.assignments.filter(section=section).first()
    if earlier and earlier.member_id == member.pk:
        return earlier
    given, _ = SectionAssignment.objects.update_or_create(
        questionnaire=questionnaire, section=section, defaults={"member": member, "by": by.name, "at": at},
        create_defaults={
            "company_id": questionnaire.company_id, "engagement": questionnaire.engagement, "member": member,
            "by": by.name, "at": at,
        },
    )  # fmt: skip
    data = {"kind": questionnaire.kind, "section": found.title, "member": member.user.name}
    outbox.record("questionnaire.section_assigned", questionnaire.engagement, by=by, at=at, data=data)
    if member.user_id != by.user_id:
        _tell(questionnaire, found, member, by=by, at=at)
    return given


def _open(questionnaire_id: int, section: str, by: Actor) -> tuple[Questionnaire, library.Section]:
    questionnaire = questionnaires.locked(
        questionnaire_id, by, roles=CUSTOMER_WRITERS, words=READERS, states=questionnaires.ANSWERABLE
    )
    found = queries.schema_of(questionnaire).section(section)
    if found is None:
        raise errors.NotFound
    return questionnaire, found


def _tell(
    questionnaire: Questionnaire, section: library.Section, member: Member, *, by: Actor, at: datetime
) -> None:  # fmt: skip
    messages.send(
        company=questionnaire.engagement.company,
        engagement=questionnaire.engagement,
        kind="questionnaire.section_assigned",
        to=member.user.email,
        subject=f"{by.name} asks you to answer “{section.title}”",
        text=f"It is a part of the {questionnaire.get_kind_display()}. You need not know everything: what you leave "
        "open, a colleague can answer. Everything is saved as you go.",
        key=f"assigned:{questionnaire.pk}:{section.code}:{member.pk}:{at.isoformat()}",
        at=at,
        path=f"/questionnaires/{questionnaire.kind}/parts/{section.code}/",
        button="Answer this part",
    )


@transaction.atomic
def unassign(questionnaire_id: int, *, section: str, by: Actor, at: datetime) -> Questionnaire:
    """Take a section back from whoever has it: everybody may answer it, nobody in particular is asked to."""
    questionnaire, found = _open(questionnaire_id, section, by)
    given = questionnaire.assignments.select_related("member__user").filter(section=section).first()
    if given is None:
        return questionnaire
    data = {"kind": questionnaire.kind, "section": found.title, "member": given.member.user.name}
    given.delete()
    outbox.record("questionnaire.section_unassigned", questionnaire.engagement, by=by, at=at, data=data)
    return questionnaire
