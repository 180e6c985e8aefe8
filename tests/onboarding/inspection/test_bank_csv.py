"""Bank statements as CSV: the forms banks use, and that nothing is guessed."""

from __future__ import annotations

import io
import json
import tempfile
from typing import Any

import pytest

from onboarding.inspection import bank, bank_csv, process
from onboarding.inspection.unfit import Unfit

ENGLISH = """Booking date,Description,Counterparty,Amount,Currency,Transaction ID,Account
2026-11-21,RF18 5390 0754 7034,Acme Ltd,"4,888.00",USD,T-1,GB33 BUKB 2020 1555 5555 55
2026-11-22,Rent,Landlord,"-1,000.00",USD,T-2,GB33 BUKB 2020 1555 5555 55
"""
GERMAN = """Umsatzanzeige;Konto DE89 3704 0044 0532 0130 00;
Zeitraum;21.11.2026 - 22.11.2026;

Buchungstag;Valutadatum;Beguenstigter/Zahlungspflichtiger;Verwendungszweck;Betrag (€);Buchungsreferenz
21.11.26;22.11.26;Müller GmbH;Rechnung INV-2026-0001;1.250,50;A1
22.11.26;22.11.26;Miete;;-900,00;A2
;;;Kontostand;350,50;
"""
TWO_COLUMNS = """Date\tDetails\tPaid in\tPaid out\tCcy\tIBAN
21/11/2026\tINV 2026 0001\t99.99\t\tGBP\tGB33BUKB20201555555555
22/11/2026\tFee\t\t5.00\tGBP\tGB33BUKB20201555555555
"""
DUTCH = """Datum,Naam tegenpartij,Rekening,Af Bij,"Bedrag (EUR)",Mededelingen
20261121,De Vries BV,NL91ABNA0417164300,Bij,"12,10",Factuur
20261122,Huur,NL91ABNA0417164300,Af,"800,00",Huur
"""
STATES = """Completed Date|Payer|State|Amount|Currency
2026-11-21 09:30:00|Acme|COMPLETED|10.00|EUR
2026-11-22 09:30:00|Acme|PENDING|20.00|EUR
"""


def read(text: str | bytes) -> tuple[dict[str, Any], list[dict[str, str]]]:
    released = io.BytesIO()
    content = text if isinstance(text, bytes) else text.encode()
    facts = bank_csv.read(io.BytesIO(content), released, "csv")
    return facts, [json.loads(line) for line in released.getvalue().splitlines()]


def refused(text: str | bytes) -> tuple[str, str]:
    with pytest.raises(Unfit) as unfit:
        read(text)
    return unfit.value.code, unfit.value.words


@pytest.mark.parametrize(
    ("text", "account", "credit", "left_out"),
    [
        (ENGLISH, "GB33BUKB20201555555555",
         ("2026-11-21", "4888.00", "USD", "Acme Ltd", "RF18 5390 0754 7034", "T-1"), {"debits": 1}),
        (GERMAN, "DE89370400440532013000",
         ("2026-11-21", "1250.50", "EUR", "Müller GmbH", "Rechnung INV-2026-0001", "A1"), {"debits": 1}),
        (TWO_COLUMNS, "GB33BUKB20201555555555", ("2026-11-21", "99.99", "GBP", "", "INV 2026 0001", None), {"debits": 1}),
        (DUTCH, "NL91ABNA0417164300", ("2026-11-21", "12.10", "EUR", "De Vries BV", "Factuur", None), {"debits": 1}),
        (STATES, "", ("2026-11-21", "10.00", "EUR", "Acme", "", None), {"pending": 1}),
    ],
    ids=["english", "german", "two columns", "dutch", "states"],
)  # fmt: skip
def test_the_forms_of_banks_are_read(text: str, account: str, credit: tuple, left_out: dict) -> None:
    facts, [one] = read(text)

    assert (facts["account"], facts["left_out"]) == (account, left_out)
    on, amount, currency, payer, words, reference = credit
    assert (one["booked_on"], one["amount"], one["currency"], one["payer"], one["remittance"]) == (
        on, amount, currency, payer, words,
    )  # fmt: skip
    assert one["reference"] == reference or (reference is None and one["reference"].startswith("no-ref-"))


def test_a_period_covers_what_was_left_out_too() -> None:
    facts = read(ENGLISH)[0]

    assert (facts["from_on"], facts["to_on"]) == ("2026-11-21", "2026-11-22")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_every_usual_encoding_is_read(encoding: str) -> None:
    assert read(GERMAN.encode(encoding))[1][0]["payer"] == "Müller GmbH"


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("1234.5", "1234.50"), ("1'234.50", "1234.50"), ("1 234.50", "1234.50"), ("1\u00a0234.50", "1234.50"),
        ("+1234.50", "1234.50"), ("USD 1234.50", "1234.50"), ("$1,234.50", "1234.50"), ("1234", "1234.00"),
        ("1234.50 CR", "1234.50"),
    ],
)  # fmt: skip
def test_amounts_are_read_as_they_are_written(written: str, amount: str) -> None:
    assert [one["amount"] for one in read(f"Date;Amount;Ccy\n2026-11-21;{written};USD\n")[1]] == [amount]


@pytest.mark.parametrize("written", ["-5.00", "5.00-", "(5.00)", "−5.00", "5.00 DR", "5.00 S"])
def test_money_that_left_is_no_credit(written: str) -> None:
    facts, credits_ = read(f"Date;Amount;Ccy\n2026-11-21;{written};USD\n")

    assert (facts["left_out"], credits_) == ({"debits": 1}, [])


@pytest.mark.parametrize(
    ("days", "read_as"),
    [
        (("03/04/2026", "25/04/2026"), ["2026-04-03", "2026-04-25"]),
        (("03/04/2026", "04/25/2026"), ["2026-03-04", "2026-04-25"]),
        (("03.04.2026",), ["2026-04-03"]),
        (("20260403",), ["2026-04-03"]),
        (("2026-04-03T10:00:00Z",), ["2026-04-03"]),
        (("03-04-26", "13-04-26"), ["2026-04-03", "2026-04-13"]),
    ],
)
def test_days_are_read_by_what_the_whole_file_says(days: tuple[str, ...], read_as: list[str]) -> None:
    rows = "".join(f"{day};1.00;USD\n" for day in days)

    assert [one["booked_on"] for one in read(f"Date;Amount;Ccy\n{rows}")[1]] == read_as


HEAD = "Date;Amount;Ccy;Payer\n2026-11-20;1.50;USD;A\n"


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("", "columns", "names no columns"),
        ("Hello\nWorld\n", "columns", "names no columns"),
        ("Date;Payer\n2026-11-21;A\n", "columns", "names no columns"),
        ("Date;Amount\n2026-11-21;1.00\n", "currency", "Line 2 names no currency"),
        (HEAD + "2026-02-31;1.00;USD;A\n", "dates", "Line 3 has no day"),
        (HEAD + "soon;1.00;USD;A\n", "dates", "Line 3 has no day"),
        ("Date;Amount;Ccy\n03/04/2026;1.00;USD\n", "dates", "Line 2: the day can be read in two ways"),
        ("Date;Amount;Ccy\n13/04/2026;1.00;USD\n04/13/2026;1.00;USD\n", "dates", "Lines 2 and 3 write the day in two ways"),
        ("Date;Amount;Ccy\n2026-11-21;1,234;USD\n", "decimals", "Line 2: the amount can be read in two ways"),
        (HEAD + "2026-11-21;2,75;USD;A\n", "decimals", "Line 3 writes its decimals otherwise than line 2"),
        (HEAD + "2026-11-21;;USD;A\n", "amount", "Line 3 has no amount"),
        (HEAD + "2026-11-21;abc;USD;A\n", "amount", "Line 3 has no amount that can be read"),
        (HEAD + "2026-11-21;1.00 and 2.00;USD;A\n", "amount", "Line 3 has no amount that can be read"),
        (HEAD + "2026-11-21;99999999999999999.00;USD;A\n", "amount", "Line 3: the amount is none"),
        (b"Date;Amount;Ccy\n2026-11-21;1.00;USD\x00\n", "binary", "holds binary data"),
    ],
)  # fmt: skip
def test_what_can_not_be_read_is_refused_with_its_line(text: str | bytes, code: str, words: str) -> None:
    found = refused(text)

    assert (found[0], words in found[1]) == (code, True)
    assert found[1].endswith((".", "”."))


def test_a_cell_without_end_is_refused_with_its_line() -> None:
    assert refused('Date;Amount;Ccy\n2026-11-21;1.00;"' + "x" * 200_000 + '"\n') == (
        "damaged", "Line 2 can't be read as CSV. Export the statement again.",
    )  # fmt: skip


def test_more_than_a_file_may_have_is_refused() -> None:
    assert refused("Date;Amount;Ccy\n" + "2026-11-21;1.00;USD\n" * (bank.MOST_CREDITS + 1))[0] == "crowd"
    assert refused("Date;Amount;Ccy\n" + "2026-11-21\n" * (bank_csv.MOST_ROWS + 1))[0] == "crowd"
    assert refused(b"a" * (bank.MOST_BYTES + 1))[0] == "too_large"


def test_the_child_reads_it_behind_its_closed_door() -> None:
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as released:
        content = GERMAN.encode("cp1252")
        source.write(content)
        source.flush()
        report = process.inspect(
            source, released, extension="csv", size=len(content), parser="onboarding.inspection.bank_csv"
        )

    assert (report.verdict, report.facts["credits"], report.facts["account"]) == ("clean", 1, "DE89370400440532013000")
