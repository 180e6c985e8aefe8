"""How to pay by bank transfer, in words and as a code that fills the transfer in."""

import re

import pytest

from onboarding.models import Invoice
from onboarding.rendering import epc
from onboarding.workflow.steps import Step
from tests.journey import journey, phase_one
from tests.portal.customer.conftest import signed_in

pytestmark = pytest.mark.django_db


def in_euro(cast) -> Invoice:
    Invoice.objects.filter(engagement=cast.engagement).update(currency="EUR")
    return cast.engagement.invoices.get()


def pictures(page: str) -> list[str]:
    return re.findall(r"<title>(QR code[^<]*)</title>", page)


def test_a_transfer_in_euro_can_be_scanned_and_its_facts_stand_beside_it(settings) -> None:
    cast = journey(Step.CUSTOMER_APPROVAL)
    phase_one.part_paid(cast)
    invoice = in_euro(cast)
    settings.SELLER = settings.SELLER | {
        "iban": "DE89370400440532013000",
        "bic": "COBADEFFXXX",
        "name": "Inter <Weave>",
    }

    page = signed_in(cast, cast.viewer).get("/invoice/").content.decode()

    assert pictures(page) == [
        f"QR code for a SEPA transfer of EUR 4,000.00 to Inter &lt;Weave&gt;, reference {invoice.remittance_reference}"
    ]
    said = f"BCD\n002\n1\nSCT\nCOBADEFFXXX\nInter <Weave>\nDE89370400440532013000\nEUR4000.00\n\n{invoice.remittance_reference}"
    path = re.search(r'd="(M[^"]*)"/></svg>', epc.draw(said, title=""))[1]
    assert path in page
    assert f"<code>{invoice.remittance_reference}</code>" in page


def test_a_transfer_in_dollars_has_no_code() -> None:
    cast = journey(Step.CUSTOMER_APPROVAL)

    page = signed_in(cast, cast.viewer).get("/invoice/").content.decode()

    assert (pictures(page), "Pay by bank transfer" in page) == ([], True)
