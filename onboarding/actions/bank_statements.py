"""Statements of our own bank: taken in once, entry by entry; what each pays is suggested, and decided by finance."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

from django.conf import settings
from django.db import IntegrityError, transaction

from onboarding import errors, file_policy
from onboarding.actions import gates, payments
from onboarding.actors import Actor, Role
from onboarding.inspection import bank, process
from onboarding.models import BankEntry, BankStatement, Payment
from onboarding.queries import bank_matches, bills

FINANCE = frozenset({Role.FINANCE, Role.LEAD})
NOT_YOURS = "Finance takes in bank statements and decides what they pay."
CHUNK = 1024 * 1024
LIMITS = process.Limits(memory_bytes=1024 * 1024 * 1024, cpu_seconds=15, wall_seconds=25, most_seconds=25)
PARSERS = {"camt.053": "onboarding.inspection.camt", "csv": "onboarding.inspection.bank_csv"}
EXTENSIONS = {"camt.053": "xml", "csv": "csv"}
# How files begin that people take for a statement, and what to do instead.
NOT_A_STATEMENT = (
    (b"PK", "It is an archive or a spreadsheet. Unpack it, or export the statement as camt.053 or CSV."),
    (b"%PDF", "It is a PDF. Export the statement as camt.053 or CSV."),
    (b"\xd0\xcf\x11\xe0", "It is a spreadsheet. Export the statement as camt.053 or CSV."),
    (b"\x1f\x8b", "It is an archive. Unpack it and send the statement."),
    (b":20:", "It is MT940. Export the statement as camt.053 or CSV."),
    (b"{1:", "It is MT940. Export the statement as camt.053 or CSV."),
)
UNREAD = {
    "timed_out": "Reading it took too long. Export a shorter period.",
    "crashed": "It can't be read. Export the statement again, as camt.053 or CSV.",
}
A_QUERY = 500
TRIES = 3
MOST_OPEN = 2000
OPEN = (BankEntry.State.OPEN, BankEntry.State.SUGGESTED)


@dataclass(frozen=True, kw_only=True)
class TakenIn:
    """What taking a file in did: how many credits are new, and how many were here already."""

    statement: BankStatement
    new: int
    known: int
    is_repeat: bool = False


def take_in(*, upload: Any, by: Actor, at: datetime) -> TakenIn:
    """Finance takes in a statement of our bank (camt.053 or CSV): the same file, and the same entry, once.

    Only booked credits become entries; how many others there were is kept. Each entry is matched, and what was open
    before is looked at again. BadInput with words about the file, naming the line where there is one.
    """
    _require_finance(by)
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as released:
        size, sha256 = _copy(upload, source)
        if earlier := BankStatement.objects.filter(sha256=sha256).first():
            return _repeated(earlier)
        form = _form_of(source)
        facts = _read(source, released, form=form, size=size)
        released.seek(0)
        found = [json.loads(line) for line in released]
    name = file_policy.clean_name(str(upload.name))
    for _ in range(TRIES):  # another one may take in the same entries at this moment
        try:
            return _keep(found, facts, name=name, sha256=sha256, form=form, by=by, at=at)
        except IntegrityError:
            if earlier := BankStatement.objects.filter(sha256=sha256).first():
                return _repeated(earlier)
    raise errors.Stale("Somebody else is taking in the same entries just now. Send the file again in a minute.")


def _require_finance(by: Actor) -> None:
    if not by.is_staff:
        raise errors.NotFound
    if not by.has(*FINANCE):
        raise errors.NotYours(NOT_YOURS)


def _repeated(earlier: BankStatement) -> TakenIn:
    return TakenIn(statement=earlier, new=0, known=earlier.entries.count(), is_repeat=True)


def _copy(upload: Any, source: IO[bytes]) -> tuple[int, str]:
    """The upload as a real file that a child can read, its size and hash."""
    said, size = hashlib.sha256(), 0
    upload.seek(0)
    while piece := upload.read(CHUNK):
        size += len(piece)
        if size > bank.MOST_BYTES:
            raise _unfit("It is larger than 10 MB. Export a shorter period.")
        said.update(piece)
        source.write(piece)
    source.flush()
    if not size:
        raise _unfit("It is empty. Choose the file again.")
    return size, said.hexdigest()


def _unfit(words: str) -> errors.BadInput:
    return errors.BadInput(words, fields={"file": words})


def _form_of(source: IO[bytes]) -> str:
    source.seek(0)
    head = source.read(1024)
    for start, words in NOT_A_STATEMENT:
        if head.lstrip().startswith(start):
            raise _unfit(words)
    plain = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return "camt.053" if plain.startswith(b"<") else "csv"


def _read(source: IO[bytes], released: IO[bytes], *, form: str, size: int) -> dict[str, Any]:
    report = process.inspect(
        source, released, extension=EXTENSIONS[form], size=size, limits=LIMITS, parser=PARSERS[form]
    )
    if report.verdict != "clean":
        raise _unfit(report.words if report.verdict == "refused" else UNREAD[report.code])
    return report.facts


@transaction.atomic
def _keep(
    found: list[dict[str, Any]], facts: dict[str, Any], *, name: str, sha256: str, form: str, by: Actor, at: datetime
) -> TakenIn:
    statement = BankStatement(
        file_name=name, sha256=sha256, form=form, account=facts["account"] or our_account(),
        from_on=_day(facts["from_on"]), to_on=_day(facts["to_on"]), left_out=facts["left_out"], imported_at=at,
        imported_by=by.name,
    )  # fmt: skip
    statement.save(force_insert=True)
    entries = [_entry(statement, one) for one in found]
    new = _without_known(entries)
    _match(new)
    BankEntry.objects.bulk_create(new, batch_size=A_QUERY)
    _look_again(statement)
    return TakenIn(statement=statement, new=len(new), known=len(entries) - len(new))


def our_account() -> str:
    """The account on our invoices, as statements name it; empty when none is set."""
    return bank.account_of(settings.SELLER["iban"])


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _entry(statement: BankStatement, facts: dict[str, Any]) -> BankEntry:
    return BankEntry(
        statement=statement, account=facts["account"] or statement.account, bank_reference=facts["reference"],
        booked_on=date.fromisoformat(facts["booked_on"]), amount=Decimal(facts["amount"]), currency=facts["currency"],
        payer=facts["payer"], remittance=facts["remittance"],
    )  # fmt: skip


def _without_known(entries: list[BankEntry]) -> list[BankEntry]:
    """Those no earlier file brought. A reference the bank gave to another credit before does not hide this one."""
    known = {(one.account, one.bank_reference): one for one in _with_references({e.bank_reference for e in entries})}
    new = []
    for entry in entries:
        earlier = known.get((entry.account, entry.bank_reference))
        if earlier is not None and not _is_same(entry, earlier):
            entry.bank_reference = f"{entry.bank_reference}~{entry.booked_on:%Y%m%d}~{entry.amount}"
            earlier = BankEntry.objects.filter(account=entry.account, bank_reference=entry.bank_reference).first()
        if earlier is None:
            new.append(entry)
    return new


def _with_references(references: set[str]) -> Iterator[BankEntry]:
    wanted = sorted(references)
    for start in range(0, len(wanted), A_QUERY):
        yield from BankEntry.objects.filter(bank_reference__in=wanted[start : start + A_QUERY])


def _is_same(one: BankEntry, other: BankEntry) -> bool:
    return (one.booked_on, one.amount, one.currency) == (other.booked_on, other.amount, other.currency)


def _match(entries: list[BankEntry]) -> None:
    """Suggest an invoice for each, as far as one can be told; not saved."""
    if entries:
        register = bank_matches.Register(entries)
        for one in entries:
            _suggest(one, register.match(one))


def _suggest(entry: BankEntry, found: bank_matches.Match) -> None:
    entry.state = BankEntry.State.SUGGESTED if found.number else BankEntry.State.OPEN
    entry.invoice_number, entry.matched_by = found.number, found.words[:100]


def _look_again(statement: BankStatement) -> None:
    """Entries of earlier files that nothing fitted: an invoice may have been issued since."""
    older = BankEntry.objects.select_for_update().filter(state=BankEntry.State.OPEN).exclude(statement=statement)
    waiting = list(older.order_by("-pk")[:MOST_OPEN])
    _match(waiting)
    changed = [one for one in waiting if one.state == BankEntry.State.SUGGESTED]
    BankEntry.objects.bulk_update(changed, ["state", "invoice_number", "matched_by"], batch_size=A_QUERY)


@transaction.atomic
def record(entry_id: int, *, invoice_number: str, by: Actor, at: datetime) -> BankEntry:
    """Finance says which invoice an entry pays: a payment under the bank's reference, as `payments.record` takes it.

    What payments refuse (a void invoice, another currency, a reference recorded before) is refused here in their
    words, and the entry stays open.
    """
    entry = _decidable(entry_id, by)
    invoice = bank_matches.typed(invoice_number)
    if invoice is None:
        raise errors.BadInput(fields={"invoice_number": "Enter the number of an issued invoice, like INV-2026-0001."})
    if invoice.currency != entry.currency:
        raise errors.BadInput(fields={"invoice_number": bank_matches.outcome(entry, invoice).words[0]})
    try:
        payment = payments.record(
            invoice.pk, amount=entry.amount, currency=entry.currency, method=Payment.Method.BANK_TRANSFER,
            reference=_reference(entry), received_on=min(entry.booked_on, bills.latest_day(invoice.company, at)),
            by=by, at=at, source="bank",
        )  # fmt: skip
    except errors.BadInput as refusal:
        raise errors.BadInput(fields={"invoice_number": " ".join(refusal.fields.values())}) from None
    if entry.invoice_number != invoice.number:
        entry.matched_by = f"Chosen by {by.name}."[:100]
    entry.invoice_number, entry.payment_id = str(invoice.number), payment.pk
    return _decide(entry, BankEntry.State.RECORDED, note="", by=by, at=at)


def _reference(entry: BankEntry) -> str:
    """What the payment is known by: the bank's own reference, or words where the bank gave none."""
    if not entry.bank_reference.startswith(bank.MADE_UP):
        return entry.bank_reference
    return f"Transfer of {entry.booked_on:%-d %B %Y}, entry {entry.pk}"


@transaction.atomic
def dismiss(entry_id: int, *, note: str, by: Actor, at: datetime) -> BankEntry:
    """Finance says that an entry pays no invoice, and what it is instead."""
    entry = _decidable(entry_id, by)
    note = gates.said(note, field="note", words="Say what it is for, or where it goes.", longest=300)
    return _decide(entry, BankEntry.State.DISMISSED, note=note, by=by, at=at)


@transaction.atomic
def reopen(entry_id: int, *, by: Actor, at: datetime) -> BankEntry:
    """Finance looks again at an entry that was dismissed; it is matched anew."""
    entry = _locked(entry_id, by)
    if entry.state == BankEntry.State.RECORDED:
        raise errors.WrongState(
            f"It is recorded for {entry.invoice_number}. Record a refund there if the money has to go back."
        )
    if entry.state != BankEntry.State.DISMISSED:
        raise errors.WrongState("It is open already.")
    _suggest(entry, bank_matches.match(entry))
    entry.save(update_fields=["state", "invoice_number", "matched_by"])
    return entry


def _locked(entry_id: int, by: Actor) -> BankEntry:
    _require_finance(by)
    try:
        entry = BankEntry.objects.select_for_update().filter(pk=entry_id).first()
    except OverflowError:
        entry = None
    if entry is None:
        raise errors.NotFound
    return entry


def _decidable(entry_id: int, by: Actor) -> BankEntry:
    entry = _locked(entry_id, by)
    if entry.state not in OPEN:
        words = f"{entry.decided_by} settled this entry already: {entry.get_state_display()}."
        raise errors.WrongState(words)
    return entry


def _decide(entry: BankEntry, state: str, *, note: str, by: Actor, at: datetime) -> BankEntry:
    entry.state, entry.note, entry.decided_by, entry.decided_at = state, note, by.name, at
    entry.save(
        update_fields=["state", "note", "decided_by", "decided_at", "invoice_number", "matched_by", "payment_id"]
    )
    return entry
