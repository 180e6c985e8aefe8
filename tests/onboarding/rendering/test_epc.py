"""The rules of EPC069-12: the lines, their lengths, the bytes of the whole; and that the picture carries them."""

import io
import re
from decimal import Decimal

import pikepdf
import pytest
import qrcode
from hypothesis import given
from hypothesis import strategies as st
from qrcode.constants import ERROR_CORRECT_M

from onboarding.rendering import epc, pdf
from tests.onboarding.rendering import archive_rules, samples

REFERENCE = "RF18539007547034"
FACTS = {
    "name": "InterWeave SmartSolutions",
    "iban": "GB33 BUKB 2020 1555 5555 55",
    "bic": "BUKBGB22",
    "amount": Decimal("1234.50"),
    "currency": "EUR",
    "reference": REFERENCE,
}


def said(**changed):
    return epc.payload(**FACTS | changed)


def test_the_lines_are_those_of_the_standard():
    assert said().split("\n") == [
        "BCD", "002", "1", "SCT", "BUKBGB22", "InterWeave SmartSolutions", "GB33BUKB20201555555555", "EUR1234.50", "",
        REFERENCE,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "changed",
    [
        {"currency": "USD"},
        {"amount": Decimal(0)},
        {"amount": Decimal("-5.00")},
        {"amount": Decimal("0.001")},
        {"amount": Decimal("1000000000.00")},
        {"iban": ""},
        {"iban": "GB33BUKB20201555555556"},
        {"iban": "TR330006100519786457841326"},
        {"reference": ""},
        {"reference": "RF19539007547034"},
        {"reference": "INV-2026-0001"},
        {"name": " \r\n\x00"},
    ],
    ids=[
        "another currency", "nothing", "less than nothing", "less than a cent", "too much", "no account", "a wrong account",
        "outside SEPA", "no reference", "a wrong reference", "another reference", "no name",
    ],
)  # fmt: skip
def test_there_is_no_code_where_no_transfer_can_be_filled_in(changed):
    assert said(**changed) is None


@pytest.mark.parametrize(
    ("amount", "written"), [("0.01", "EUR0.01"), ("7", "EUR7.00"), ("999999999.99", "EUR999999999.99")]
)
def test_the_amount_has_two_decimals_and_no_sign_between(amount, written):
    assert said(amount=Decimal(amount)).split("\n")[7] == written


@pytest.mark.parametrize(("bic", "line"), [("", ""), ("bukbgb22", "BUKBGB22"), ("nonsense", "")])
def test_a_bic_that_is_none_is_left_out(bic, line):
    assert said(bic=bic).split("\n")[4] == line


def test_a_name_can_not_add_lines():
    assert said(name="A\nEUR1.00\u2028B\x00").split("\n")[5:8] == [
        "A EUR1.00 B",
        "GB33BUKB20201555555555",
        "EUR1234.50",
    ]


@given(name=st.text(min_size=1, max_size=200), amount=st.decimals("0.01", "999999999.99", places=2))
def test_whatever_the_name_the_standards_lengths_hold(name, amount):
    found = said(name=name, amount=amount, iban="MT84MALT011000012345MTLCAST001S", bic="MALTMTMTXXX")
    if found is None:
        assert not epc._line(name)
        return
    lines = found.split("\n")
    assert len(lines) == 10
    assert len(found.encode()) <= 331
    assert 1 <= len(lines[5]) <= 70
    assert re.fullmatch(r"EUR\d{1,9}\.\d\d", lines[7])


def test_the_longest_payload_is_cut_between_characters():
    found = said(name="\U0001f3e6" * 90, iban="MT84MALT011000012345MTLCAST001S", bic="MALTMTMTXXX",
                 amount=Decimal("999999999.99"))  # fmt: skip

    assert 331 - 4 < len(found.encode()) <= 331
    assert set(found.split("\n")[5]) == {"\U0001f3e6"}


def squares(svg):
    """The modules that the picture's path paints black."""
    painted = set()
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", svg):
        painted |= {(int(x) + step, int(y)) for step in range(int(width))}
    return painted


def test_the_picture_is_the_code_with_its_quiet_zone():
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=4)
    code.add_data(said().encode(), optimize=0)
    code.make(fit=True)
    svg = epc.draw(said(), title="Pay <EUR>")

    assert squares(svg) == {
        (x, y) for y, row in enumerate(code.get_matrix()) for x, is_black in enumerate(row) if is_black
    }
    assert min(min(pair) for pair in squares(svg)) == 4
    assert "<title>Pay &lt;EUR&gt;</title>" in svg


def test_the_largest_payload_fits_the_largest_code_and_more_does_not():
    epc.draw("x" * 331, title="")

    with pytest.raises(ValueError, match="332 bytes"):
        epc.draw("x" * 332, title="")


def alternatives(content):
    """The texts that stand for the pictures of a PDF."""
    with pikepdf.open(io.BytesIO(content)) as made:
        return [str(one.Alt) for one in archive_rules.elements(made.Root.StructTreeRoot) if "/Alt" in one]


def test_an_invoice_in_euro_carries_it_and_says_in_words_what_it_does():
    content = pdf.render("invoice", samples.invoice() | {"currency": "EUR"})

    assert archive_rules.broken(content) == []
    assert [one for one in alternatives(content) if "QR code" in one] == [
        "QR code for a SEPA transfer of EUR 5,625.00 to InterWeave SmartSolutions, reference RF18 5390 0754 7034"
    ]


def test_an_invoice_in_dollars_carries_none():
    assert [one for one in alternatives(pdf.render("invoice", samples.invoice())) if "QR code" in one] == []
