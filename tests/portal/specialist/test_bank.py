"""Finance at the bank's pages: a file taken in, entries filtered and decided, a second person's queue."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import escape

from onboarding.actions import bank_statements, payments
from onboarding.actors import Role
from onboarding.inspection import bank
from onboarding.models import BankEntry, BankStatement, Invoice, Payment, User
from tests.bank import camt, entry, issued, taken_in
from tests.factories import NOW, finance, owner
from tests.portal.specialist.conftest import signed_in

pytestmark = pytest.mark.django_db
BANK, FILES, SECOND = "/staff/bank/", "/staff/bank/statements/", "/staff/bank/second/"


@pytest.fixture
def teller() -> Client:
    return signed_in(Role.FINANCE)


def send(client: Client, content: bytes, name: str = "statement.xml") -> str:
    """Send a file and read the page it leads to, or the refusing page."""
    return client.post(FILES, {"file": SimpleUploadedFile(name, content)}, follow=True).content.decode()


def address(one: BankEntry) -> str:
    return f"{BANK}entries/{one.pk}/"


def do(client: Client, one: BankEntry, act: str, **values: str) -> tuple[int, str]:
    reply = client.post(address(one), {"act": act, "entry_id": one.pk, **values})
    return reply.status_code, reply.content.decode()


def payers(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="/staff/bank/entries/\d+/">([^<]*)</a>', page)


# --- The file ---------------------------------------------------------------------------------------------------------


def test_a_file_is_taken_in_and_its_entries_are_shown(teller: Client) -> None:
    page = send(teller, camt(entry(payer="Acme <b>Ltd</b>"), entry(reference="2", side="DBIT")))

    assert "statement.xml: 1 new credit; left out: 1 debit." in page
    assert payers(page) == ["Acme &lt;b&gt;Ltd&lt;/b&gt;"]


def test_the_same_file_again_says_so_and_adds_nothing(teller: Client) -> None:
    send(teller, camt(entry()))
    page = send(teller, camt(entry()))

    assert "This file was taken in before, by" in page
    assert (BankStatement.objects.count(), BankEntry.objects.count(), payers(page)) == (1, 1, ["Acme Ltd"])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (camt()[:-30], "Its XML is damaged at line"),
        (b"Date;Amount;Ccy\n2026-02-31;1.00;USD\n", "Line 2 has no day that can be read."),
        (b"x" * (bank.MOST_BYTES + 1), "is larger than 10 MB"),
    ],
    ids=["empty", "damaged", "no day", "too large"],
)
def test_a_file_that_can_not_be_read_says_why_at_its_field(teller: Client, content: bytes, words: str) -> None:
    reply = teller.post(FILES, {"file": SimpleUploadedFile("a.csv", content)})
    page = reply.content.decode()

    assert (reply.status_code, BankStatement.objects.exists()) == (422, False)
    assert words in page
    assert 'class="error-summary"' in page


def test_nothing_chosen_asks_for_a_file(teller: Client) -> None:
    reply = teller.post(FILES, {})

    assert (reply.status_code, "Choose a file" in reply.content.decode()) == (422, True)


def test_the_list_of_files_says_what_each_brought(teller: Client) -> None:
    taken_in(entry(), entry(reference="2"), entry(reference="3", side="DBIT"), account="DE89370400440532013000")

    page = teller.get(FILES).content.decode()

    assert "2 to decide" in page
    assert "1 debit" in page
    assert "not the account on our invoices" in page
    assert "20 Nov 2026 – 22 Nov 2026" in page


# --- The list ---------------------------------------------------------------------------------------------------------


def test_the_filters_live_in_the_address(teller: Client) -> None:
    invoice = issued()
    taken_in(
        entry("1.00", reference="1", payer="Found", remittance=str(invoice.number)),
        entry("2.00", reference="2", payer="Unknown"),
        entry("3.00", reference="3", payer="Aside"),
        entry("6000.00", reference="4", payer="Large"),
    )
    by = finance()
    ids = {one.payer: one.pk for one in BankEntry.objects.all()}
    bank_statements.dismiss(ids["Aside"], note="Rent", by=by, at=NOW)
    bank_statements.record(ids["Large"], invoice_number=str(invoice.number), by=by, at=NOW)
    statement = BankStatement.objects.get()

    shown = {
        asked: payers(teller.get(f"{BANK}?{asked}").content.decode())
        for asked in (
            "", "state=open", "state=suggested", "state=waits", "state=recorded", "state=dismissed", "state=all",
            "state=nonsense", f"statement={statement.pk}&state=all", "statement=999&state=all", "statement=x&state=all",
            "q=unknown", "q=2.00", f"q={invoice.number}", "state=all&q=large 6,000.00", "q=NaN", "q=1e999999999",
        )
    }  # fmt: skip

    assert shown == {
        "": ["Unknown", "Found"],
        "state=open": ["Unknown"],
        "state=suggested": ["Found"],
        "state=waits": ["Large"],
        "state=recorded": ["Large"],
        "state=dismissed": ["Aside"],
        "state=all": ["Large", "Aside", "Unknown", "Found"],
        "state=nonsense": [],
        f"statement={statement.pk}&state=all": ["Large", "Aside", "Unknown", "Found"],
        "statement=999&state=all": [],
        "statement=x&state=all": [],
        "q=unknown": ["Unknown"],
        "q=2.00": ["Unknown"],
        f"q={invoice.number}": ["Found"],
        "state=all&q=large 6,000.00": ["Large"],
        "q=NaN": [],
        "q=1e999999999": [],
    }


def test_two_hundred_entries_come_a_page_at_a_time_each_once(teller: Client) -> None:
    days = [f"2026-11-{day:02d}" for day in range(1, 21)]
    taken_in(*(entry(f"{n}.00", reference=f"B-{n}", payer=f"Payer {n}", on=days[n % 20]) for n in range(1, 201)))

    seen, url, pages = [], BANK, 0
    while url:
        page = teller.get(url).content.decode()
        seen += payers(page)
        pages += 1
        following = re.search(r'href="([^"]*)" rel="next"', page)
        url = following[1].replace("&amp;", "&") if following else ""

    assert (len(seen), len(set(seen)), pages) == (200, 200, 8)
    assert "$20,100.00" in page


@pytest.mark.parametrize("after", ["x", "2026-11-20~x", "9999-99-99~1", "2026-11-20~" + "9" * 30, "~", "²~²"])
def test_a_place_that_no_list_made_starts_from_the_beginning(teller: Client, after: str) -> None:
    taken_in(entry())

    assert payers(teller.get(BANK, {"after": after}).content.decode()) == ["Acme Ltd"]


@pytest.mark.parametrize("entries", [1, 3], ids=["one", "three"])
def test_the_lists_cost_the_same_however_long(teller: Client, entries: int, django_assert_max_num_queries) -> None:
    invoice = issued("60000.00")
    taken_in(*(entry("6000.00", reference=f"B-{n}", remittance=str(invoice.number)) for n in range(entries)))
    by = finance()
    for one in BankEntry.objects.all():
        bank_statements.record(one.pk, invoice_number=str(invoice.number), by=by, at=NOW)

    with django_assert_max_num_queries(14):
        teller.get(f"{BANK}?state=all")
    with django_assert_max_num_queries(10):
        teller.get(FILES)
    with django_assert_max_num_queries(10):
        page = teller.get(SECOND).content.decode()
    assert page.count("Confirm it") == entries


# --- One entry ----------------------------------------------------------------------------------------------------------


def test_a_suggestion_says_why_and_what_follows_and_is_recorded_by_one_press(teller: Client) -> None:
    invoice = issued()
    taken_in(entry("4000.00", remittance=str(invoice.remittance_reference)))
    one = BankEntry.objects.get()

    page = teller.get(address(one)).content.decode()
    status, _ = do(teller, one, "record", suggested=str(invoice.number))
    after = teller.get(address(one)).content.decode()

    assert f"Its reference is that of {invoice.number}." in page
    assert f"888.00 USD of 4,888.00 stay open on {invoice.number}." in page
    assert (status, Invoice.objects.get().state, Payment.objects.get().amount) == (302, "part_paid", Decimal(4000))
    assert f'Recorded for <a href="/staff/engagements/{invoice.engagement.reference}/invoice/">' in after
    assert "Record it" not in after


def test_another_invoice_can_be_chosen_and_a_wrong_number_is_asked_for_again(teller: Client) -> None:
    suggested, other = issued(), issued(name="Meadow Ltd")
    taken_in(entry(remittance=str(suggested.number)))
    one = BankEntry.objects.get()

    status, page = do(teller, one, "choose", invoice_number="INV 2026 999999")
    assert (status, "Enter the number of an issued invoice, like INV-2026-0001." in page) == (422, True)
    assert 'value="INV 2026 999999"' in page

    assert do(teller, one, "choose", invoice_number=str(other.number).lower())[0] == 302
    assert (Payment.objects.get().invoice, BankEntry.objects.get().invoice_number) == (other, other.number)


def test_what_payments_refuse_is_said_on_the_page_and_the_entry_stays(teller: Client) -> None:
    invoice = issued()
    payments.record(invoice.pk, amount=Decimal(1), currency="USD", method="check", reference="B-1", at=NOW,
                    received_on=NOW.date(), by=finance())  # fmt: skip
    taken_in(entry(remittance=str(invoice.number)))
    one = BankEntry.objects.get()

    status, page = do(teller, one, "record", suggested=str(invoice.number))

    assert (status, "A payment with this reference is recorded already." in page) == (422, True)
    assert (BankEntry.objects.get().state, Payment.objects.count()) == ("suggested", 1)


def test_money_in_another_currency_offers_no_record_button(teller: Client) -> None:
    invoice = issued(currency="EUR")
    taken_in(entry(remittance=str(invoice.number)))

    page = teller.get(address(BankEntry.objects.get())).content.decode()

    assert escape("is in EUR, this money in USD: it can't be recorded for it.") in page
    assert 'value="record"' not in page


def test_an_entry_is_put_aside_with_a_word_and_opened_again(teller: Client) -> None:
    taken_in(entry())
    one = BankEntry.objects.get()

    assert do(teller, one, "dismiss", note="")[0] == 422
    assert do(teller, one, "dismiss", note="A tax refund")[0] == 302
    assert "A tax refund" in teller.get(address(one)).content.decode()
    assert do(teller, one, "reopen")[0] == 302
    assert BankEntry.objects.get().state == "open"


def test_a_credit_in_two_kinds_of_file_is_warned_about(teller: Client) -> None:
    taken_in(entry("10.00"))
    bank_statements.take_in(
        upload=SimpleUploadedFile("a.csv", b"Date;Amount;Ccy;Payer\n2026-11-21;10.00;USD;Acme\n"), by=finance(), at=NOW
    )

    assert "It may be here twice" in teller.get(address(BankEntry.objects.first())).content.decode()


def test_the_next_entry_is_one_press_away(teller: Client) -> None:
    taken_in(entry("1.00", reference="1"), entry("2.00", reference="2"))
    newest, oldest = BankEntry.objects.order_by("-pk")

    assert f'<a href="{address(oldest)}" data-key="n">' in teller.get(address(newest)).content.decode()
    assert f'<a href="{address(newest)}" data-key="n">' in teller.get(address(oldest)).content.decode()


def test_the_form_of_one_entry_does_nothing_to_another(teller: Client) -> None:
    taken_in(entry(reference="1"), entry(reference="2"))
    one, other = BankEntry.objects.all()

    reply = teller.post(address(one), {"act": "dismiss", "entry_id": other.pk, "note": "x"})

    assert (reply.status_code, BankEntry.objects.filter(state="dismissed").exists()) == (404, False)


# --- The second person ----------------------------------------------------------------------------------------------------


def test_a_second_person_confirms_and_who_recorded_it_can_not(teller: Client, lead: Client) -> None:
    invoice = issued("6000.00")
    taken_in(entry("6000.00", remittance=str(invoice.number)))
    do(teller, BankEntry.objects.get(), "record", suggested=str(invoice.number))
    payment = Payment.objects.get()

    own, others = (client.get(SECOND).content.decode() for client in (teller, lead))
    assert ("Confirm it" in own, "You recorded it:" in own, "Confirm it" in others) == (False, True, True)
    assert teller.post(SECOND, {"act": "confirm_payment", "payment_id": payment.pk}).status_code == 403
    assert lead.post(SECOND, {"act": "confirm_payment", "payment_id": payment.pk}).status_code == 302

    assert (Invoice.objects.get().state, "Nothing waits for a second person" in lead.get(SECOND).content.decode()) == (
        "paid", True,
    )  # fmt: skip


def test_a_second_person_rejects_and_the_entry_says_so(teller: Client, lead: Client) -> None:
    invoice = issued("6000.00")
    taken_in(entry("6000.00", remittance=str(invoice.number)))
    do(teller, BankEntry.objects.get(), "record", suggested=str(invoice.number))

    lead.post(SECOND, {"act": "reject_payment", "payment_id": Payment.objects.get().pk, "note": "Not theirs"})

    assert "rejected that: Not theirs" in teller.get(address(BankEntry.objects.get())).content.decode()


# --- Who --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.FINANCE, Role.LEAD, Role.AUDITOR])
def test_readers_find_the_bank_in_the_navigation(role: Role) -> None:
    taken_in(entry())
    client = signed_in(role)
    pages_ = [client.get(url) for url in (BANK, FILES, SECOND, address(BankEntry.objects.get()))]

    assert [one.status_code for one in pages_] == [200] * 4
    assert 'href="/staff/bank/" aria-current' in pages_[0].content.decode()


def test_an_auditor_reads_and_is_offered_nothing(auditor: Client) -> None:
    taken_in(entry())
    forms = [auditor.get(url).content.decode() for url in (FILES, address(BankEntry.objects.get()))]

    assert not any('<form method="post" novalidate' in one or 'id="take-in"' in one for one in forms)
    assert auditor.post(FILES, {"file": SimpleUploadedFile("a.xml", camt())}).status_code == 403
    assert do(auditor, BankEntry.objects.get(), "dismiss", note="x")[0] == 403


def test_a_specialist_is_told_it_is_not_theirs(specialist: Client) -> None:
    assert [specialist.get(url).status_code for url in (BANK, FILES, SECOND, f"{BANK}entries/1/")] == [403] * 4
    assert BANK not in specialist.get("/staff/").content.decode()


def test_for_a_customer_there_is_no_bank() -> None:
    taken_in(entry())
    client = Client()
    client.force_login(User.objects.get(pk=owner(issued().company).user_id))

    assert [client.get(url).status_code for url in (BANK, FILES, SECOND, address(BankEntry.objects.get()))] == [404] * 4


@pytest.mark.parametrize("entry_id", [0, 999, 10**30])
def test_an_entry_that_is_not_there_is_not_found(teller: Client, entry_id: int) -> None:
    assert teller.get(f"{BANK}entries/{entry_id}/").status_code == 404
