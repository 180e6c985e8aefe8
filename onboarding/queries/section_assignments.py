"""Who was given which section of a questionnaire, and what somebody was given."""

from __future__ import annotations

from dataclasses import dataclass

from onboarding.actors import CUSTOMER_WRITERS, Actor, Role
from onboarding.models import Engagement, Member, Questionnaire, SectionAssignment
from onboarding.queries import questionnaires as queries


@dataclass(frozen=True, kw_only=True)
class Given:
    """A section somebody was asked to answer and that is not complete yet."""

    questionnaire: Questionnaire
    sheet: queries.Sheet
    by: str


def by_section(questionnaire: Questionnaire) -> dict[str, SectionAssignment]:
    """Each given section with its member, those who left the company too. One query."""
    rows = questionnaire.assignments.select_related("member__user")
    return {row.section: row for row in rows}


def to_choose_from(questionnaire: Questionnaire) -> list[Member]:
    """The company's members who may answer, by name."""
    rows = Member.objects.select_related("user").filter(company_id=questionnaire.company_id, removed_at=None)
    may = [member for member in rows if not CUSTOMER_WRITERS.isdisjoint(Role(role) for role in member.roles)]
    return sorted(may, key=lambda member: member.user.name.casefold())


def given_to(viewer: Actor, engagement: Engagement) -> list[Given]:
    """The sections this viewer was asked to answer, while they can be answered and are not complete."""
    if viewer.user_id is None:
        return []
    open_states = [Questionnaire.State.OPEN, Questionnaire.State.REVISION_NEEDED]
    rows = engagement.section_assignments.select_related("questionnaire").filter(
        member__user_id=viewer.user_id, member__removed_at=None, questionnaire__state__in=open_states
    )
    sheets: dict[int, dict[str, queries.Sheet]] = {}
    found = []
    for row in rows.order_by("questionnaire_id", "pk"):
        if row.questionnaire_id not in sheets:
            sheets[row.questionnaire_id] = {sheet.code: sheet for sheet in queries.sheet(row.questionnaire)}
        sheet = sheets[row.questionnaire_id].get(row.section)
        if sheet is not None and (sheet.needs_revision or sheet.answered < len(sheet.lines)):
            found.append(Given(questionnaire=row.questionnaire, sheet=sheet, by=row.by))
    return found
