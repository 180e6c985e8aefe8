"""Steps I to VI: from the welcome call to the agreed plan."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from portal.walkthrough import answers, meetings, paying, pieces, signing
from portal.walkthrough.browser import Failed
from portal.walkthrough.story import Story

CONTACTS = ("main", "executive_sponsor", "billing", "technical")


def welcome_call(story: Story) -> None:
    """Step I: accepted, assigned, booked by the customer, held, summed up, contacts named."""
    story.lead.act("company", "accept", note="Welcome to InterWeave.")
    specialists = story.lead.open("specialist")
    priya = specialists.find(r'<option value="(\d+)"[^>]*>[^<]*' + story.staff["specialist"].name)
    story.lead.act("specialist", "assign", specialist_id=priya)
    meetings.welcome(
        story, notes="We go live with Account to Customer first. Concern: duplicates in the customer list."
    )
    story.specialist.act(
        "meetings", "share_summary", meeting_id=story.specialist.row("meetings", "share_summary", "meeting_id")
    )
    titles = {"executive_sponsor": "Managing Director", "billing": "Head of Accounting"}
    for kind in CONTACTS:
        person = story.signatory if kind == "executive_sponsor" else story.owner
        story.customer.send(f"/contacts/{kind}/", {
            "name": person.name, "email": person.email, "title": titles.get(kind, "Operations"),
            "phone": "+1 617 555 0142",
        })  # fmt: skip


def data_collection(story: Story) -> None:
    """Step II: documents sent and accepted; both questionnaires answered, submitted, accepted."""
    _send_documents(story)  # first: an answer is a file too, and waits for its review beside them
    documents = {
        "solutions_definition": answers.definition(go_live_on=story.go_live_on, email=story.owner.email),
        "technical_details": answers.technical(
            salesforce=story.systems.org["my_domain"], email=story.owner.email
        ),
    }  # fmt: skip
    for kind, sections in documents.items():
        for section, values in sections.items():
            files = [("crm_screens", _screenshot(story))] if section == "crm_records" else []
            _answer_section(story, f"/questionnaires/{kind}/parts/{section}/", values, files)
        story.customer.send(f"/questionnaires/{kind}/check/", {})
        number = story.specialist.row(f"questionnaires/{kind}", "accept", "questionnaire_id")
        story.specialist.act(f"questionnaires/{kind}", "accept", questionnaire_id=number, note="Clear and complete.")
    story.wait_for("customer_documents.outstanding")


def _screenshot(story: Story, name: str = "a-typical-account.png") -> Path:
    """A small picture to send: one colour, written by hand as PNG."""
    size, rows = struct.pack(">IIBBBBB", 320, 200, 8, 0, 0, 0, 0), (b"\0" + b"\xe8" * 320) * 200
    parts = ((b"IHDR", size), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )
    file = story.papers / name
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))
    return file


def _answer_section(story: Story, path: str, values: dict[str, Any], files: Sequence[tuple[str, Path]] = ()) -> None:
    """Answer what a section asks, row by row in its tables, then the further questions those answers led to."""
    page, left = story.customer.open(path), dict(values)
    while page.url.path == path:
        now = _now(page.form({}).names, left)
        if not now:
            raise Failed(f"{path} does not ask for {sorted(left)}. {page.words[:300]}")
        page, files = story.customer.answer(now, files=files), ()


def _now(asked: set[str], left: dict[str, Any]) -> dict[str, Any]:
    """The answers this page has a place for, taken out of those left; a table's next row is asked for by its button."""
    now: dict[str, Any] = {}
    for code, value in list(left.items()):
        if code in asked:
            now[code] = left.pop(code)
        elif f"{code}-0-" in (names := {name.rpartition("-")[0] + "-" for name in asked}):
            shown = [row for number, row in enumerate(value) if f"{code}-{number}-" in names]
            now |= answers.as_fields(code, shown)
            if len(shown) == len(value):
                left.pop(code)
            else:
                now["more"] = code
    return now


def _send_documents(story: Story) -> None:
    """A file, two files at once, and a large one in pieces; what does not apply, both sides agree on."""
    page = story.customer.open("/documents/")
    titles = page.finds(r'href="/documents/requests/\d+/"[^>]*>([^<]+)<')
    asked = dict(zip(titles, page.finds(r'href="/documents/requests/(\d+)/"'), strict=True))
    accounts = story.paper("chart-of-accounts.csv", "number,name,type\n4000,Sales,Income\n1200,Receivables,Asset\n")
    prices = [
        story.paper("products.csv", "code,name,price\nHX-100,Heat exchanger,1250.00\n"),
        story.paper("services.csv", "code,name,price\nSRV-1,Service hour,95.00\n"),
    ]
    export = story.paper("customers.csv", "".join(f"{n:06},Customer {n} Ltd,Boston\n" for n in range(25_000)))
    for_accounts, for_prices = asked.pop("Chart of accounts"), asked.pop("Products and services with their codes")
    story.customer.send(f"/documents/requests/{for_accounts}/", {}, files=[("files", accounts)])
    story.customer.send(f"/documents/requests/{for_prices}/", {}, files=[("files", one) for one in prices])
    pieces.send(story, export, request=asked.pop("Full export of your customers"))
    for number in asked.values():
        path = f"/documents/requests/{number}/"
        reason = {"reason": "The readiness scan reads our customers itself."}
        story.customer.send(path, reason, to=f"{path}not-applicable/")
        story.specialist.act("documents", "agree_not_applicable", request_id=number)
    names = {one.name for one in (accounts, *prices, export)}
    story.customer.until(lambda: _accepted(story, names), "the check of the files")


def _accepted(story: Story, names: set[str]) -> bool | None:
    """Accept every file that was checked; True once all of these names were among them."""
    page = story.specialist.open("documents")
    waiting = [form.values["document_uuid"] for form in page.forms if form.values.get("act") == "accept"]
    ready = {one["uuid"] for one in story.listed("documents/") if one["is_ready"]}
    for uuid in waiting:
        if uuid in ready:
            story.specialist.act("documents", "accept", document_uuid=uuid, note="")
    accepted = {one["file_name"] for one in story.listed("documents/") if one["review"] == "accepted"}
    return True if names <= accepted else None


def requirements_review(story: Story) -> None:
    """Step III: reviewed, recorded, prioritised, signed off."""
    meetings.review(story, notes="Every requirement was read aloud. Closing days must stay quiet.")
    story.specialist.browser.open(meetings.sentence(story, "within the hour"))
    story.specialist.browser.answer({
        "act": "add", "kind": "flow", "priority": "must", "flow": "account_to_customer",
        "text": "A new or changed account is a customer in QuickBooks within the hour, without duplicates.",
    })  # fmt: skip
    story.specialist.act(  # what an answer of step II suggests, in better words; the answer comes along as its source
        "requirements", "take", key="rule:quiet.periods", kind="constraint", priority="should", flow="",
        text="No run while the books are closed, in the last three working days of the month.",
    )  # fmt: skip
    shown = story.customer.open("/requirements/").hidden("sha256")
    story.customer.send("/requirements/", {"sha256": shown}, to="/requirements/sign-off/")


def customer_verification(story: Story) -> None:
    """Step IV: domain and authority proved by the customer, every check decided; agreement and invoice issued."""
    _prove_domain(story)
    story.customer.send("/authority/", {}, files=[("file", _screenshot(story, "register-extract.png"))])
    extract = story.customer.until(lambda: _extract(story), "the check of the register extract")
    page = story.specialist.open("verification")
    for code in dict.fromkeys(page.finds(r'name="check_code" value="([a-z_]+)"')):
        story.specialist.act(
            "verification", "decide", check_code=code, outcome="passed", document_id=extract,
            evidence=f"Register of the Commonwealth, entry {story.company.registration_number}, read today",
        )  # fmt: skip
    story.customer.until(lambda: _draft_is_ready(story), "the draft of the agreement")
    number = story.specialist.row("agreement", "send_for_review", "agreement_id")
    signing.choose(story, number)
    story.specialist.act("agreement", "send_for_review", agreement_id=number)
    story.lead.act("agreement", "issue", agreement_id=number)
    story.specialist.act("invoice", "issue", invoice_id=story.specialist.row("invoice", "issue", "invoice_id"))
    story.wait_for("invoice.not_issued")


def _prove_domain(story: Story) -> None:
    """The customer adds the record that it is shown to its domain; a worker finds it there."""
    domain = story.owner.email.rpartition("@")[2]
    story.customer.send("/domain/", {"act": "ask_record", "domain": domain})
    record = story.customer.open("/domain/").find(r"(interweave-verification=[\w-]+)")
    story.systems.add_record(domain, record)
    story.customer.send("/domain/", {"act": "look_up"})
    story.customer.until(
        lambda: True if story.customer.open("/domain/").finds(r"(is proved)") else None, "the look into the DNS"
    )


def _extract(story: Story) -> str | None:
    """The register extract as it may be named as evidence; None until it is released."""
    found = story.specialist.open("verification").finds(r'<option value="(\d+)"[^>]*>Authority of')
    return found[0] if found else None


def _draft_is_ready(story: Story) -> bool | None:
    return True if any(one["kind"] == "msa" and one["is_ready"] for one in story.listed("documents/")) else None


def customer_approval(story: Story) -> None:
    """Step V: records approved, agreement signed by both, invoice paid in two parts."""
    story.customer.send("/records/", {}, to="/records/approve/")
    signing.sign(story)
    paying.pay(story)
    story.wait_for("msa.unsigned")


def plan_timeline(story: Story) -> None:
    """Step VI: a change of the list decided, then planned, everyone named, scope confirmed, agreed by the customer."""
    _change_the_list(story)
    story.specialist.act("plan", "make", go_live_on=story.go_live_on.isoformat())
    story.specialist.act("plan", "confirm_scope")
    plan = story.customer.open("/plan/").hidden("plan")
    story.customer.send("/plan/", {"plan": plan}, to="/plan/agree/")
    story.wait_for("plan.not_agreed")


def _change_the_list(story: Story) -> None:
    """The customer asks for one more requirement, hears what it means for the plan, and approves it."""
    page = story.customer.send("/requirements/", {
        "text": "Whoever answers for the books gets a mail when a record is turned down.", "kind": "constraint",
        "flow": "", "priority": "should", "reason": "Nobody looks into the portal every day.",
    })  # fmt: skip
    number = page.find(r"/requirements/changes/(\d+)/")
    place = f"requirements/changes/{number}"
    row = story.specialist.row(place, "state_effect", "change_request_id")
    words = "Nothing moves: such mails are part of every flow."
    story.specialist.act(place, "state_effect", change_request_id=row, words=words, days="0", money="")
    seen = story.customer.open(f"/{place}/").hidden("seen")
    story.customer.send(f"/{place}/", {"decision": "approve", "seen": seen}, to=f"/{place}/decide/")
