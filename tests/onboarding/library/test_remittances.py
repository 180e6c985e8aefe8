"""References and numbers in what people write beside a transfer."""

import pytest

from onboarding.library import remittances

REFERENCE = "RF18539007547034"


@pytest.mark.parametrize(
    "text",
    [
        REFERENCE,
        "RF18 5390 0754 7034",
        "rf18 5390 0754 7034 thank you",
        "Invoice/RF18-5390-0754-7034",
        "PAYMENT RF18 5390 0\n754 7034 NOVEMBER",
        "from Acme. Ref:RF18539007547034.",
    ],
)
def test_a_reference_is_found_wherever_it_stands(text):
    assert REFERENCE in remittances.references_in(text)


@pytest.mark.parametrize(
    "text", ["", "RF", "RF19 5390 0754 7034", "RF18 5390 0754 7035", "FR18539007547034", "R F", "١٢٣ RF"]
)
def test_what_has_wrong_check_digits_is_no_reference(text):
    assert REFERENCE not in remittances.references_in(text)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("INV-2026-0042", ["INV-2026-0042"]),
        ("inv 2026 42", ["INV-2026-0042"]),
        ("Invoice no. 2026/42", ["INV-2026-0042"]),
        ("Rechnung Nr. INV-2026-0042 vom 21.11.2026", ["INV-2026-0042"]),
        ("RE 2026-0042", ["INV-2026-0042"]),
        ("facture 2026_0042", ["INV-2026-0042"]),
        ("INV20260042", ["INV-2026-0042"]),
        ("2026-0042", ["INV-2026-0042"]),
        ("INV-2026-12345", ["INV-2026-12345"]),
        ("INV-2026-0042 and INV-2026-0043", ["INV-2026-0042", "INV-2026-0043"]),
        ("INV-20\n26-00 42", ["INV-2026-0042"]),
        ("INV-2026-0000", []),
        ("paid on 2026-11-21", []),
        ("2026-11-21-0042", []),
        ("order 1.2026-0042", []),
        ("Reinvoice", []),
        ("", []),
    ],
)
def test_a_number_is_read_in_every_spelling_and_a_day_is_none(text, numbers):
    assert remittances.numbers_in(text) == numbers


@pytest.mark.parametrize(
    ("payer", "company", "is_like"),
    [
        ("ACME LTD", "Acme Limited", True),
        ("Müller & Söhne GmbH", "Muller und Sohne", True),
        ("Harbour Lights Ltd London", "Harbour Lights", True),
        ("Harbour", "Harbour Lights Ltd", True),
        ("Harb", "Harbour Lights Ltd", False),
        ("Meadow Ltd", "Harbour Lights Ltd", False),
        ("", "Harbour Lights Ltd", False),
        ("", "", False),
    ],
)
def test_a_payer_is_compared_as_companies_are(payer, company, is_like):
    assert remittances.is_like(payer, company) is is_like
