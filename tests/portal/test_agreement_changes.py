"""The agreement's versions side by side: customers see what was issued to them, specialists the drafts too."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from onboarding.actors import Role
from onboarding.models import Agreement, Document, Rendering
from tests.journey import journey
from tests.journey.cast import Cast
from tests.onboarding.rendering import agreement_samples
from tests.portal.customer.conftest import signed_in
from tests.portal.specialist.conftest import signed_in as staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None) -> Cast:
    return journey()


def printed(cast: Cast, version: int, *, state: str, total: str = "12500.00") -> None:
    """A version to sign, with the agreement it belongs to."""
    at, engagement = cast.later(), cast.engagement
    here = {"company_id": engagement.company_id, "engagement": engagement}
    document = Document.objects.create(
        **here, kind="msa", title="MSA", file_name=f"v{version}.pdf", version=version, sha256=f"{version}" * 64,
        content_type="application/pdf", is_generated=True, created_at=at, created_by="Priya",
    )  # fmt: skip
    context: dict[str, Any] = {**agreement_samples.agreement(), "total": total}
    Rendering.objects.create(**here, document=document, template="msa", context=context, queued_at=at, not_before=at)
    Agreement.objects.create(
        **here, number=f"MSA-{version}", state=state, terms=context, document=document, drafted_at=at,
        issued_at=None if state == "draft" else at,
    )  # fmt: skip


def customer_page(cast: Cast, asked: str = "") -> str:
    return signed_in(cast).get(f"/agreement/versions/{asked}").content.decode()


def staff_page(cast: Cast, asked: str = "") -> str:
    client: Client = staff(Role.SPECIALIST)
    return client.get(f"/staff/engagements/{cast.engagement.reference}/agreement/versions/{asked}").content.decode()


def test_before_the_first_issue_the_customer_sees_none_and_the_specialist_the_draft(cast: Cast) -> None:
    printed(cast, 1, state="draft")

    assert "No version yet" in customer_page(cast)
    assert "Version 1" in staff_page(cast)


def test_two_issued_versions_are_compared_word_by_word(cast: Cast) -> None:
    printed(cast, 1, state="declined")
    printed(cast, 2, state="issued", total="12900.00")

    for page in (customer_page(cast), staff_page(cast)):
        assert "2 passages differ from version 1 to 2." in page
        assert "<del>12,500.00.</del> <ins>12,900.00.</ins>" in page
        assert "<h3>Fees and payment</h3>" in page


def test_a_draft_beside_an_issued_version_is_the_specialists_alone(cast: Cast) -> None:
    printed(cast, 1, state="declined")
    printed(cast, 2, state="draft", total="12900.00")

    assert "Version 2" not in customer_page(cast)
    assert "2 passages differ from version 1 to 2." in staff_page(cast)


def test_a_version_that_is_none_is_said_and_equal_ones_say_so(cast: Cast) -> None:
    printed(cast, 1, state="declined")
    printed(cast, 2, state="issued")

    assert "There is no version “<b>”" not in customer_page(cast, "?from=<b>&to=9")
    assert "There is no version “&lt;b&gt;”" in customer_page(cast, "?from=<b>&to=9")
    assert "Versions 1 and 2 say the same." in customer_page(cast)
