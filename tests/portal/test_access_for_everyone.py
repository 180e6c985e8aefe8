"""Every page of the customer in a real browser: readable by everyone, narrow and wide, in light and dark."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import now
from playwright.sync_api import Browser

from onboarding.actions import (
    answer_comments,
    change_requests,
    documents,
    domains,
    engagements,
    meetings,
    members,
    questionnaires,
    section_assignments,
    verifications,
    work,
)
from onboarding.models import DomainLookup, User
from onboarding.workflow.steps import Step
from tests.file_checks import found_clean
from tests.journey import journey, phase_one, phase_two
from tests.journey.cast import Cast, upload
from tests.journey.results import PDF
from tests.portal.screens import Screen
from tests.recorded import full

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


def collecting() -> tuple[Cast, list[str]]:
    """Step II: half answered, one document in review, another sent back."""
    cast = journey(Step.DATA_COLLECTION, name="Sociedad de Importaciones y Distribución del Mediterráneo S.L.U.")
    phase_one.answered(cast, "solutions_definition", most=9)
    other = phase_one.answered(cast, "technical_details")
    questionnaires.submit(other.pk, by=cast.owner, at=cast.later())
    asked = cast.engagement.document_requests.first()
    sent = documents.upload(
        cast.engagement.pk, kind="customer_document", upload=upload("a-very-long-name-" * 6 + ".csv"),
        request_id=asked.pk, by=cast.owner, at=cast.later(),
    )  # fmt: skip
    found_clean(sent, at=cast.later(0.1))
    documents.need_revision(str(sent.uuid), note="The numbers are missing.", by=cast.specialist, at=cast.later())
    User.objects.filter(pk=cast.owner.user_id).update(email="maria.fernandez.de.la.torre@mediterraneo.example")
    members.invite(cast.company.pk, email="new@acme.example", name="", roles=["viewer"], by=cast.owner, at=cast.later())
    meeting = meetings.book(
        cast.engagement.pk, kind="requirements_review", channel="zoom", starts_at=now() + timedelta(days=3), minutes=60,
        place="", topic="", by=cast.specialist, at=now(),
    )  # fmt: skip
    form, said = "/questionnaires/solutions_definition", "Does this include the warehouse in Bremerhaven? " * 9
    definition = cast.engagement.questionnaires.get(kind="solutions_definition")
    member = members.Member.objects.get(user_id=cast.owner.user_id)
    answer_comments.write(definition.pk, question="objective", text=said, by=cast.specialist, at=cast.later())
    section_assignments.assign(
        definition.pk, section="scope", member_id=member.pk, by=cast.owner, at=cast.later()
    )  # fmt: skip
    return cast, [
        f"{form}/colleagues/", f"{form}/questions/objective/", f"{form}/file/", f"{form}/parts/purpose/",
        "/questionnaires/technical_details/", "/questionnaires/technical_details/submissions/",
        "/", "/steps/2/", "/steps/9/", "/contacts/", "/contacts/billing/", "/meetings/", f"/meetings/{meeting.pk}/move/", f"{form}/", f"{form}/check/",
        f"{form}/parts/scope/", "/questionnaires/technical_details/parts/crm_records/", "/documents/",
        f"/documents/requests/{asked.pk}/", f"/documents/{sent.uuid}/", "/people/", "/people/tokens/", "/connections/",
        f"/people/{members.Member.objects.get(user_id=cast.owner.user_id).pk}/", "/flows/", "/registration/",
    ]  # fmt: skip


def recording() -> tuple[Cast, list[str]]:
    """Step II: a long transcript, a question to answer, tasks from meetings."""
    cast = journey(Step.DATA_COLLECTION, name="Sociedad de Importaciones y Distribución del Mediterráneo S.L.U.")
    transcript = full(cast.engagement, owner=cast.owner, specialist=cast.specialist)
    asked = cast.engagement.meetings.filter(is_to_be_recorded=True, held_at=None).first()
    said = f"/meetings/{transcript.meeting_id}/transcript/"
    return cast, ["/", "/meetings/", f"/meetings/{asked.pk}/recording/", said, f"{said}?q=invoices", "/follow-ups/"]


def verifying() -> tuple[Cast, list[str]]:
    """Step IV: the domain's record not found yet, authority turned down, details changed after they were verified."""
    cast = journey(Step.CUSTOMER_VERIFICATION, name="Sociedad de Importaciones y Distribución del Mediterráneo S.L.U.")
    row, by = cast.engagement.pk, cast.owner
    proof = domains.ask_record(row, domain="importaciones-mediterraneo.example", by=by, at=cast.later())
    looked = work.claim(DomainLookup, domains.look_up(proof.pk, by=by, at=cast.later()).pk, at=cast.at)
    assert looked
    records = [
        "v=spf1 include:_spf.importaciones-mediterraneo.example include:mail.example -all",
        "google-site=" + "x" * 90,
    ]
    domains.settle(looked, answer="other_value", found=records, at=cast.later())
    name = "extracto-del-registro-mercantil-de-barcelona-" * 3 + ".pdf"
    extract = verifications.give_authority(row, upload=upload(name, PDF), by=by, at=cast.later())
    found_clean(extract, at=cast.later(0.1))
    for code, outcome in (("authority", "failed"), ("legal_name", "passed")):
        verifications.decide(
            row, check_code=code, outcome=outcome, evidence="The extract names another person as sole director. " * 5,
            by=cast.specialist, at=cast.later(),
        )  # fmt: skip
    verifications.correct_company(
        row, legal_name="Sociedad de Importaciones y Distribución del Mediterráneo Oriental S.L.U.", by=by, at=cast.later()
    )  # fmt: skip
    return cast, ["/records/", "/records/correct/", "/domain/", "/authority/"]


def approving() -> tuple[Cast, list[str]]:
    """Step V: an agreement to sign, a part paid invoice."""
    cast = journey(Step.CUSTOMER_APPROVAL)
    phase_one.part_paid(cast)
    asked = change_requests.propose(
        cast.engagement.pk,
        kind="remove",
        requirement=2,
        reason="The books never close.",
        by=cast.owner,
        at=cast.later(),
    )
    change_requests.state_effect(asked.pk, words="None.", days=0, by=cast.specialist, at=cast.later())
    wanted = ["/requirements/", "/requirements/1/", "/requirements/threads/", "/requirements/changes/1/"]
    return cast, ["/", *wanted, "/records/", "/records/correct/", "/agreement/", "/invoice/", "/plan/"]


def connecting() -> tuple[Cast, list[str]]:
    """Step VIII: one side proven, the other broken at a rung."""
    cast = journey(Step.CONNECTIVITY_SETUP)
    proven, failing = phase_two.given(cast, "crm"), phase_two.given(cast, "finance")
    phase_two.checked(cast, proven)
    phase_two.checked(cast, failing, broken="rights")
    task = cast.engagement.setup_tasks.first()
    return cast, [
        "/", "/plan/", "/setup/", f"/setup/tasks/{task.pk}/", "/connections/", f"/connections/{proven.pk}/",
        f"/connections/{failing.pk}/",
    ]  # fmt: skip


def piloting() -> tuple[Cast, list[str]]:
    """Step X: a test that did not pass, a pilot with feedback."""
    cast = journey(Step.ACTIVATION_TESTING)
    phase_two.tried(cast, passed=False)
    phase_two.piloted(cast)
    flow = cast.engagement.flows.get()
    return cast, [
        "/", "/registration/", "/flows/", f"/flows/{flow.pk}/", "/blueprint/", "/pilot/", "/training/",
        "/training/manual/", "/training/faq/", "/training/tutorial/", "/go-live/",
    ]  # fmt: skip


def living() -> tuple[Cast, list[str]]:
    """Step XII, then on hold: the evidence of closed steps, the whole timeline."""
    cast = journey(Step.CONTINUOUS_SUPPORT)
    engagements.hold(cast.engagement.pk, reason="The books are audited.", by=cast.specialist, at=cast.later())
    return cast, ["/", "/steps/5/", "/steps/11/", "/go-live/", "/support/", "/timeline/"]


@pytest.mark.parametrize("state", [collecting, recording, verifying, approving, connecting, piloting, living])
def test_everyone_can_use_every_page(browser: Browser, state: Callable[[], tuple[Cast, list[str]]]) -> None:
    cast, paths = state()
    owner = Client()
    owner.force_login(cast.user(cast.owner))

    assert Screen(browser, owner).walk(paths) == {}
