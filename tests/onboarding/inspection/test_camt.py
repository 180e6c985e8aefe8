"""Bank statements as camt.053: every version, what counts and what is left out, and what hostile files get."""

from __future__ import annotations

import io
import json
import tempfile
from typing import Any

import pytest

from onboarding.inspection import bank, camt, process
from onboarding.inspection.unfit import Unfit
from tests.bank import ACCOUNT, entry, part
from tests.bank import camt as statement

LAUGHS = """<!DOCTYPE Document [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>"""


def read(content: bytes) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """The facts, and the credits."""
    released = io.BytesIO()
    facts = camt.read(io.BytesIO(content), released, "xml")
    return facts, [json.loads(line) for line in released.getvalue().splitlines()]


def refused(content: bytes) -> tuple[str, str]:
    with pytest.raises(Unfit) as unfit:
        camt.read(io.BytesIO(content), io.BytesIO(), "xml")
    return unfit.value.code, unfit.value.words


def test_a_credit_is_read_whole() -> None:
    facts, credits_ = read(statement(entry(remittance="Invoice\nINV-2026-0001", structured="RF18539007547034")))

    assert facts == {"account": ACCOUNT, "from_on": "2026-11-20", "to_on": "2026-11-22", "credits": 1, "left_out": {}}
    assert credits_ == [
        {"account": ACCOUNT, "reference": "B-1", "booked_on": "2026-11-21", "amount": "4888.00", "currency": "USD",
         "payer": "Acme Ltd", "remittance": "RF18539007547034 · Invoice · INV-2026-0001"}
    ]  # fmt: skip


@pytest.mark.parametrize("version", ["02", "04", "06", "08", "10", "13"])
def test_every_version_is_read(version: str) -> None:
    is_old = version < "08"
    one = entry(status="BOOK" if is_old else "<Cd>BOOK</Cd>", details=part(remittance="Thanks", is_old=is_old))

    assert [(row["payer"], row["remittance"]) for row in read(statement(one, version=version))[1]] == [
        ("Acme Ltd", "Thanks")
    ]


def test_only_booked_credits_count_and_the_others_are_told() -> None:
    facts, credits_ = read(
        statement(
            entry(reference="in"),
            entry(reference="out", side="DBIT"),
            entry(reference="back", extra="<RvslInd>true</RvslInd>"),
            entry(reference="bounced", side="DBIT", extra="<RvslInd>true</RvslInd>"),
            entry(reference="soon", status="<Cd>PDNG</Cd>"),
            entry(reference="old soon", status="PDNG"),
            entry(amount="0.00", reference="nothing"),
        )
    )

    assert [one["reference"] for one in credits_] == ["in"]
    assert facts["left_out"] == {"debits": 1, "reversals": 2, "pending": 2, "empty": 1}


def test_a_batch_that_adds_up_is_its_parts() -> None:
    parts = part("100.00", payer="A", reference="P-1") + part("50.50", payer="B") + part("49.50", payer="C")

    assert [(one["amount"], one["payer"], one["reference"]) for one in read(statement(entry("200.00", details=parts)))[1]] == [
        ("100.00", "A", "P-1"), ("50.50", "B", "B-1/2"), ("49.50", "C", "B-1/3"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "parts",
    [part("100.00") + part("50.00"), part("100.00") + part(), part("100.00", currency="EUR") + part("100.00")],
    ids=["other sum", "one without amount", "other currency"],
)
def test_a_batch_that_does_not_add_up_stays_one_and_loses_nothing(parts: str) -> None:
    assert [(one["amount"], one["reference"]) for one in read(statement(entry("200.00", details=parts)))[1]] == [
        ("200.00", "B-1")
    ]


def test_a_credit_without_a_reference_gets_the_same_one_in_every_file() -> None:
    first = read(statement(entry(reference=""), entry("1.00", reference="NONREF")))[1]
    again = read(statement(entry("1.00", reference=""), entry(reference="")))[1]

    assert [one["reference"] for one in first] == [one["reference"] for one in reversed(again)]
    assert len({one["reference"] for one in first}) == 2


def test_two_credits_under_one_reference_are_both_kept() -> None:
    found = read(
        statement(entry(reference="X"), entry("5.00", reference="X"), entry(reference=""), entry(reference=""))
    )[1]

    assert [one["reference"] for one in found][:2] == ["X", "X/2"]
    assert found[3]["reference"] == f"{found[2]['reference']}/2"


def test_several_accounts_in_one_file_are_kept_apart() -> None:
    one, other = (
        statement(entry(reference="1")).decode(),
        statement(entry(reference="2"), account="DE89370400440532013000"),
    )
    inner = other.decode().partition("<Stmt>")[2].partition("</Stmt>")[0]
    both = one.replace("</Stmt>", f"</Stmt><Stmt>{inner}</Stmt>").encode()

    assert [row["account"] for row in read(both)[1]] == [ACCOUNT, "DE89370400440532013000"]


def test_what_people_wrote_is_one_line_of_visible_text() -> None:
    [one] = read(statement(entry(payer="Al\u202ebert  &\u0085 Sons" + "x" * 300, remittance="a\tb" + "y" * 900)))[1]

    assert one["payer"].startswith("Al bert & Sons")
    assert (len(one["payer"]), len(one["remittance"]), one["remittance"][:3]) == (150, 500, "a b")


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (statement(before=LAUGHS), "dtd", "defines things of its own"),
        (statement(before='<!DOCTYPE Document SYSTEM "file:///etc/passwd">'), "dtd", "defines things of its own"),
        (statement(entry(remittance="x")).replace(b">x<", b">&lol;<"), "damaged", "damaged at line"),
        (statement(entry())[:-40], "damaged", "damaged at line"),
        (b"", "damaged", "damaged"),
        (b"<html/>", "not_camt", "no bank statement"),
        (b"<a>" * 30 + b"</a>" * 30, "not_camt", "no bank statement"),
        (statement(entry(details="<a>" * 50 + "</a>" * 50)), "deep", "no bank statement"),
        (statement().replace(b"BkToCstmrStmt", b"BkToCstmrAcctRpt"), "not_camt", "camt.052"),
        (statement().replace(b"BkToCstmrStmt", b"BkToCstmrDbtCdtNtfctn"), "not_camt", "camt.054"),
        (statement(entry(), entry("twelve")), "amount", "Entry 2 has no amount"),
        (statement(entry("NaN")), "amount", "Entry 1: the amount is none"),
        (statement(entry("1E+40")), "amount", "Entry 1: the amount is none"),
        (statement(entry("1E+999999999")), "amount", "Entry 1: the amount is none"),
        (statement(entry("1.005")), "amount", "more than two decimals"),
        (statement(entry(on="soon")), "date", "Entry 1 has no day"),
        (statement(entry(currency="")).replace(b"<Ccy>USD</Ccy>", b""), "currency", "Entry 1 names no currency"),
    ],
)  # fmt: skip
def test_a_file_that_can_not_be_read_says_what_to_do(content: bytes, code: str, words: str) -> None:
    found = refused(content)

    assert (found[0], words in found[1]) == (code, True)
    assert found[1].endswith(".")


def test_more_credits_than_a_day_has_are_refused() -> None:
    many = "".join(entry(reference=str(number)) for number in range(bank.MOST_CREDITS + 1))

    assert refused(statement(many))[0] == "crowd"


def test_a_large_file_is_let_go_of() -> None:
    assert refused(statement("<X>" + "a" * bank.MOST_BYTES + "</X>"))[0] in {"too_large", "damaged"}


def test_the_child_reads_it_behind_its_closed_door() -> None:
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as released:
        content = statement(entry(), entry(reference="B-2"))
        source.write(content)
        source.flush()
        report = process.inspect(
            source, released, extension="xml", size=len(content), parser="onboarding.inspection.camt"
        )
        released.seek(0)
        lines = released.read().splitlines()

    assert (report.verdict, report.facts["credits"], len(lines)) == ("clean", 2, 2)
