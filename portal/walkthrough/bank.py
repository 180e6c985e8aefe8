"""Our bank in the story: it writes a statement (camt.053) of a transfer by the customer, and finance takes it in."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from xml.sax.saxutils import escape

from portal.walkthrough.browser import Failed
from portal.walkthrough.story import Story

STATEMENT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>{id}</MsgId><CreDtTm>{on}T06:00:00Z</CreDtTm></GrpHdr>
<Stmt><Id>{id}</Id><CreDtTm>{on}T06:00:00Z</CreDtTm>
<FrToDt><FrDtTm>{on}T00:00:00Z</FrDtTm><ToDtTm>{on}T23:59:59Z</ToDtTm></FrToDt>
<Acct><Id><IBAN>{account}</IBAN></Id><Ccy>{currency}</Ccy></Acct>
<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>{on}</Dt></BookgDt><ValDt><Dt>{on}</Dt></ValDt><AcctSvcrRef>{id}-1</AcctSvcrRef>
<NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><RltdPties><Dbtr><Pty><Nm>{payer}</Nm></Pty></Dbtr>
</RltdPties><RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="{currency}">12.50</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{on}</Dt></BookgDt>
<AcctSvcrRef>{id}-2</AcctSvcrRef><NtryDtls><TxDtls><RmtInf><Ustrd>Account fee</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
</Stmt></BkToCstmrStmt></Document>
"""


def statement(
    *, id: str, account: str, amount: str, currency: str, payer: str, text: str, on: date  # noqa: A002 - as banks say
) -> bytes:  # fmt: skip
    """A day on our account: one transfer that came in, and the bank's fee."""
    said = {"id": id, "account": account, "amount": amount, "currency": currency, "payer": payer, "text": text}
    return STATEMENT.format(on=on.isoformat(), **{name: escape(value) for name, value in said.items()}).encode()


def transferred(story: Story, *, amount: str, currency: str) -> None:
    """The customer sends money with the reference of its invoice page; finance takes the statement in and records it."""
    page = story.customer.open("/invoice/")
    reference = page.find(r"<dt>Remittance reference</dt><dd><code>(RF\w+)</code>")
    account = page.find(r"<dt>IBAN</dt><dd><code>(\w+)</code>")
    file = _file(story, statement(
        id=f"WIRE-{story.reference}-{amount}", account=account, amount=amount, currency=currency, payer=story.company.name,
        text=f"Invoice, {' '.join(reference[at : at + 4] for at in range(0, len(reference), 4))}",
        on=datetime.now(tz=UTC).date(),
    ))  # fmt: skip
    desk = story.finance.browser
    taken = desk.send("/staff/bank/statements/", files=[("file", file)])
    entry = taken.find(r'href="(/staff/bank/entries/\d+/)"')
    if "Recorded for" not in desk.send(entry, {"act": "record"}).text:
        raise Failed(f"The transfer was not recorded: {desk.page.url} {desk.page.words[:300]}")


def _file(story: Story, content: bytes) -> Path:
    file = story.papers / f"camt053-{story.reference}.xml"
    file.write_bytes(content)
    return file
