"""Files in every state in a real browser: waiting, kept back, read on the page; by the customer and by a lead."""

from __future__ import annotations

import pytest
from django.utils.timezone import now
from playwright.sync_api import Browser, expect

from onboarding.actions import documents, file_checks, work
from onboarding.actors import Role
from onboarding.models import Document, FileCheck
from onboarding.workflow.steps import Step
from tests.file_checks import found_clean
from tests.journey import journey
from tests.journey.cast import Cast, upload
from tests.portal.customer.conftest import signed_in
from tests.portal.screens import Screen
from tests.portal.specialist.conftest import signed_in as at_staff

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
MACROS = "It holds macros. Save it without macros and send that."
SILENT = "It could not be checked. Our virus scanner does not answer."
ROWS = "number,name,type,opening balance,currency,remark that somebody wrote and nobody shortened\n" + "".join(
    f"{4000 + row},Sales of products and services in region {row},Income,{row * 1000}.00,EUR,=SUM(A{row})\n"
    for row in range(260)
)


def collecting() -> tuple[Cast, dict[str, Document]]:
    """Step II: one file of each state, for a request and without."""
    cast = journey(Step.DATA_COLLECTION, name="Sociedad de Importaciones y Distribución del Mediterráneo S.L.U.")
    asked = cast.engagement.document_requests.first()
    names = {
        "waiting": ("customers-of-the-last-three-years.csv", None),
        "refused": ("chart-of-accounts_final_version-2026-corrected-by-the-finance-department.csv", asked.pk),
        "undecided": ("price-list.csv", None),
        "clean": ("ledger-of-the-whole-group-with-opening-balances.csv", None),
    }
    found = {
        state: documents.upload(
            cast.engagement.pk, kind="customer_document", upload=upload(name, f"{ROWS}{state}\n".encode()),
            request_id=request, by=cast.owner, at=cast.later(),
        )
        for state, (name, request) in names.items()
    }  # fmt: skip
    found_clean(found["clean"])
    for state, words in (("refused", MACROS), ("undecided", SILENT)):
        check = work.claim(FileCheck, found[state].file_check.pk, at=now())
        assert check is not None
        facts = {"structure": "macros", "scanner": "ClamAV 1.4.6/27800/Mon Nov 23 09:00:00 2026"}
        file_checks.quarantine(check, verdict=state, words=words, facts=facts, at=now())
    return cast, found


def test_everyone_can_read_what_became_of_a_file(browser: Browser) -> None:
    cast, found = collecting()
    customer, lead = Screen(browser, signed_in(cast)), Screen(browser, at_staff(Role.LEAD))
    refused, clean = found["refused"], found["clean"]

    theirs = customer.walk([f"/documents/requests/{refused.request_id}/", f"/documents/{clean.uuid}/"])
    ours = lead.walk(
        [f"/staff/engagements/{cast.engagement.reference}/documents/", f"/staff/documents/{refused.uuid}/"]
    )

    assert (theirs, ours) == ({}, {})


def test_a_page_shows_by_itself_that_a_check_is_done(browser: Browser) -> None:
    cast, found = collecting()
    screen = Screen(browser, signed_in(cast))
    screen.open("/documents/")
    listed = screen.tab.locator(f"#file-{found['waiting'].uuid}")
    expect(listed).to_contain_text("Being checked")

    found_clean(found["waiting"])

    expect(listed).to_contain_text("Checked")
