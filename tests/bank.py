"""Statements of our bank as banks write them, for tests."""

from __future__ import annotations

from decimal import Decimal
from xml.sax.saxutils import escape

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from onboarding.actions import bank_statements, invoices
from onboarding.models import BankEntry, Invoice
from onboarding.workflow.steps import Step
from tests.factories import NOW, CompanyFactory, EngagementFactory, finance, specialist
from tests.journey.cast import Cast

ACCOUNT = "GB33BUKB20201555555555"


def camt(*entries: str, version: str = "08", account: str = ACCOUNT, before: str = "") -> bytes:
    """A camt.053 with these entries, under the namespace of one of its versions."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>{before}
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt>
<GrpHdr><MsgId>S1</MsgId><CreDtTm>2026-11-23T06:00:00Z</CreDtTm></GrpHdr>
<Stmt><Id>1</Id><FrToDt><FrDtTm>2026-11-20T00:00:00Z</FrDtTm><ToDtTm>2026-11-22T23:59:59Z</ToDtTm></FrToDt>
<Acct><Id><IBAN>{account}</IBAN></Id><Ccy>USD</Ccy></Acct>
{"".join(entries)}</Stmt></BkToCstmrStmt></Document>""".encode()


def entry(
    amount: str = "4888.00", *, currency: str = "USD", reference: str = "B-1", remittance: str = "", structured: str = "",
    payer: str = "Acme Ltd", on: str = "2026-11-21", status: str = "<Cd>BOOK</Cd>", side: str = "CRDT", extra: str = "",
    details: str | None = None,
) -> str:  # fmt: skip
    """One entry with one transaction in it; `details` stand in the place of that."""
    own = f"<AcctSvcrRef>{escape(reference)}</AcctSvcrRef>" if reference else ""
    inside = part(remittance=remittance, structured=structured, payer=payer) if details is None else details
    return f"""<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd>{extra}<Sts>{status}</Sts>
<BookgDt><Dt>{on}</Dt></BookgDt><ValDt><Dt>{on}</Dt></ValDt>{own}<NtryDtls>{inside}</NtryDtls></Ntry>"""


def part(
    amount: str = "", *, currency: str = "USD", remittance: str = "", structured: str = "", payer: str = "Acme Ltd",
    reference: str = "", is_old: bool = False,
) -> str:  # fmt: skip
    """One transaction of an entry; `is_old` as up to version .02 of the message."""
    refs = f"<Refs><AcctSvcrRef>{reference}</AcctSvcrRef><EndToEndId>NOTPROVIDED</EndToEndId></Refs>"
    amounts = f'<AmtDtls><TxAmt><Amt Ccy="{currency}">{amount}</Amt></TxAmt></AmtDtls>' if amount else ""
    name = f"<Nm>{escape(payer)}</Nm>"
    debtor = name if is_old else f"<Pty>{name}</Pty>"
    said = "".join(f"<Ustrd>{escape(line)}</Ustrd>" for line in remittance.split("\n") if line)
    if structured:
        said += f"<Strd><CdtrRefInf><Ref>{structured}</Ref></CdtrRefInf></Strd>"
    return f"""<TxDtls>{refs}{amounts}<RltdPties><Dbtr>{debtor}</Dbtr></RltdPties><RmtInf>{said}</RmtInf></TxDtls>"""


def issued(gross: str = "4888.00", *, currency: str = "USD", name: str = "Harbour Lights Ltd") -> Invoice:
    """An invoice that is to be paid."""
    engagement = EngagementFactory(step=Step.CUSTOMER_APPROVAL.value, company=CompanyFactory(country="US", name=name))
    with transaction.atomic():
        invoice = invoices.draft(engagement, by=specialist(), at=NOW)
    invoice = invoices.issue(invoice.pk, by=specialist(), at=NOW)
    Invoice.objects.filter(pk=invoice.pk).update(gross=Decimal(gross), net=Decimal(gross), currency=currency)
    return Invoice.objects.get(pk=invoice.pk)


def taken_in(*entries: str, name: str = "statement.xml", by: object = None, **about: str) -> bank_statements.TakenIn:
    """A camt.053 with these entries, taken in by finance."""
    upload = SimpleUploadedFile(name, camt(*entries, **about))
    return bank_statements.take_in(upload=upload, by=by or finance(), at=NOW)


def banked(cast: Cast) -> None:
    """Step V: our bank's statement is taken in; each of its entries stands otherwise, a large one with a second person."""
    invoice = cast.engagement.invoices.get()
    credits_ = [
        entry("1.00", reference="S-1", remittance=str(invoice.remittance_reference)),
        entry("2.00", reference="S-2", payer="Somebody"),
        entry("3.00", reference="S-3", payer="Tax office"),
        entry("6000.00", reference="S-4", remittance=str(invoice.number)),
    ]
    upload = SimpleUploadedFile("statement.xml", camt(*credits_))
    bank_statements.take_in(upload=upload, by=cast.finance, at=cast.later())
    ids = dict(BankEntry.objects.values_list("bank_reference", "pk"))
    bank_statements.dismiss(ids["S-3"], note="A tax refund", by=cast.finance, at=cast.later())
    bank_statements.record(ids["S-4"], invoice_number=str(invoice.number), by=cast.finance, at=cast.later())
