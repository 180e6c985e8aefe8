"""Envelopes: made as drafts or sent, signed in their routing order, voided; and what of them the API tells."""

import base64
import binascii
import re
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from werkzeug.wrappers import Request, Response

from integrations.sandbox.docusign import connect, errors, paper
from integrations.sandbox.state import Body
from integrations.sandbox.web import World, answer

KIND = "docusign:envelope"
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
LONGEST = {"emailSubject": 100, "voidedReason": 200}
MOST_BYTES = 25 * 1024 * 1024
VIEW_SECONDS = 300
HIDDEN = ("file", "signers", "notified", "until")


@dataclass(frozen=True)
class Call:
    """One signed-in call."""

    world: World
    request: Request
    account: str

    @property
    def body(self) -> Body:
        found = self.request.get_json(silent=True)
        if not isinstance(found, dict):
            raise errors.invalid("A JSON object is expected.")
        return found

    def envelope(self, name: str) -> Body:
        row = self.world.store.get(KIND, self.account, name.lower())
        if row is None:
            raise errors.no_envelope(name)
        return row


def keep(world: World, account: str, row: Body) -> Body:
    world.store.put(KIND, account, row["envelopeId"], row)
    return row


def create(call: Call) -> Response:
    body, now = call.body, call.world.clock.now()
    status = body.get("status", "created")
    if status not in {"created", "sent"}:
        raise errors.wrong_state("INVALID_ENVELOPE_STATUS", f"Invalid envelope status: {status}.")
    row: Body = {
        "envelopeId": str(uuid.uuid4()),
        "status": "created",
        "emailSubject": within(body, "emailSubject"),
        "createdDateTime": stamp(now),
        "statusChangedDateTime": stamp(now),
        "customFields": custom_fields(body),
        "file": document(body),
        "signers": [signer(one, body) for one in listed(body.get("recipients"), "signers")],
        "notified": notified(body),
        "until": expires_at(body, now),
    }
    if not row["signers"] and status == "sent":
        raise errors.wrong_state("ENVELOPE_IS_INCOMPLETE", "The Envelope is not Complete. It has no recipients.")
    if status == "sent":
        row = send(call.world, call.account, row)
    keep(call.world, call.account, row)
    told = {"envelopeId": row["envelopeId"], "status": row["status"], "statusDateTime": row["statusChangedDateTime"]}
    return answer(told | {"uri": f"/envelopes/{row['envelopeId']}"}, 201)


def within(body: Body, name: str) -> str:
    text = body.get(name)
    if not isinstance(text, str) or not text or len(text) > LONGEST[name]:
        raise errors.invalid(f"{name} must be of 1 to {LONGEST[name]} characters.")
    return text


def listed(holder: object, name: str) -> list[Body]:
    found = holder.get(name) if isinstance(holder, dict) else None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise errors.invalid(f"{name} must be a list.")
    return found


def custom_fields(body: Body) -> Body:
    fields = listed(body.get("customFields") or {"textCustomFields": []}, "textCustomFields")
    return {
        "textCustomFields": [
            {"fieldId": str(place), "name": str(one["name"])[:50], "value": str(one["value"])[:100]}
            for place, one in enumerate(fields, start=1)
        ],
        "listCustomFields": [],
    }


def document(body: Body) -> Body:
    """The one document, looked at: a PDF in base64, under a number and a name."""
    documents = listed(body, "documents")
    if len(documents) != 1:
        raise errors.invalid("This stand-in takes one document.")
    [given] = documents
    if not str(given.get("documentId", "")).isdigit() or not given.get("name"):
        raise errors.invalid("documentId must be a number, and a name be given.")
    try:
        content = base64.b64decode(str(given.get("documentBase64", "")), validate=True)
    except (binascii.Error, ValueError):
        raise errors.wrong_state("UNABLE_TO_LOAD_DOCUMENT", "The document is no base64.") from None
    if given.get("fileExtension") != "pdf" or not content.startswith(b"%PDF-") or len(content) > MOST_BYTES:
        raise errors.wrong_state("UNABLE_TO_CONVERT_DOCUMENT", "System was unable to convert this document to a PDF.")
    name, number = str(given["name"]), str(given["documentId"])
    return {"documentId": number, "name": name, "base64": base64.b64encode(content).decode()}


def signer(one: Body, body: Body) -> Body:
    """One signer as it is kept. Anchors of a tab must belong to the document."""
    if not EMAIL.fullmatch(str(one.get("email", ""))):
        raise errors.wrong_state(
            "INVALID_EMAIL_ADDRESS_FOR_RECIPIENT", "The email address for the recipient is invalid."
        )
    for name in ("recipientId", "routingOrder"):
        if not isinstance(one.get(name), str) or not one[name].isdigit():
            raise errors.invalid(f"{name} must be a number written as a string.")
    if not one.get("name"):
        raise errors.wrong_state("INVALID_USERNAME_FOR_RECIPIENT", "The user name for the recipient is invalid.")
    for tab in (one.get("tabs") or {}).get("signHereTabs", []):
        if tab.get("documentId") not in {str(each["documentId"]) for each in body["documents"]}:
            raise errors.invalid("A tab names a document that is not there.")
    names = ("recipientId", "routingOrder", "name", "email", "clientUserId", "embeddedRecipientStartURL")
    kept = {name: str(one[name]) for name in names if one.get(name)}
    return kept | {"recipientIdGuid": str(uuid.uuid4()), "status": "created", "mails": 0}


def notified(body: Body) -> Body:
    """Where this envelope's own Connect messages go, and of which events."""
    told = body.get("eventNotification")
    if not told:
        return {}
    url = str(told.get("url", ""))
    if not url.startswith(("https://", "http://")):
        raise errors.invalid("eventNotification.url must be an address.")
    return {
        "url": url,
        "events": [str(one) for one in told.get("events", [])],
        "hmac": told.get("includeHMAC") == "true",
    }


def expires_at(body: Body, now: datetime) -> str:
    told = (body.get("notification") or {}).get("expirations") or {}
    days = int(told.get("expireAfter") or 120) if told.get("expireEnabled") == "true" else 120
    return stamp(now + timedelta(days=days))


def send(world: World, account: str, row: Body) -> Body:
    now = stamp(world.clock.now())
    row = row | {"status": "sent", "sentDateTime": now, "statusChangedDateTime": now}
    row = asked(world, row)
    connect.tell(world, account, "envelope-sent", row)
    return row


def asked(world: World, row: Body) -> Body:
    """Whoever is next in the routing order gets the mail; those after them wait."""
    now = stamp(world.clock.now())
    waiting = [one for one in row["signers"] if one["status"] != "completed"]
    first = min((int(one["routingOrder"]) for one in waiting), default=0)
    signers = [
        one | {"status": "sent", "sentDateTime": now, "mails": one["mails"] + 1}
        if one["status"] == "created" and int(one["routingOrder"]) == first
        else one
        for one in row["signers"]
    ]
    return row | {"signers": signers}


def listing(call: Call) -> Response:
    """Envelopes changed (or created) since a day, by custom field or status."""
    args = call.request.args
    if not args.get("from_date") and not args.get("envelope_ids"):
        raise errors.bad_parameter("Either 'from_date' or 'envelope_ids' or 'transaction_ids' must be provided.")
    field, _, value = args.get("custom_field", "").partition("=")
    rows = [lapsed(call.world, call.account, row) for row in call.world.store.all(KIND, call.account)]
    found = [
        seen(row)
        for row in rows
        if row["createdDateTime"][:19] >= args.get("from_date", "")[:19]
        and (not field or any((one["name"], one["value"]) == (field, value) for one in fields_of(row)))
        and (not args.get("status") or row["status"] in args["status"].split(","))
    ]
    if call.world.faults.take("docusign", call.account, "search_behind"):
        found = []
    return answer({"resultSetSize": str(len(found)), "totalSetSize": str(len(found)), "envelopes": found})


def fields_of(row: Body) -> list[Body]:
    found: list[Body] = row["customFields"]["textCustomFields"]
    return found


def read(call: Call, envelope: str) -> Response:
    row = lapsed(call.world, call.account, call.envelope(envelope))
    include = set(call.request.args.get("include", "").split(","))
    told = seen(row) | ({"recipients": recipients_of(row)} if "recipients" in include else {})
    return answer(told | ({"customFields": row["customFields"]} if "custom_fields" in include else {}))


def seen(row: Body) -> Body:
    told = {name: value for name, value in row.items() if name not in (*HIDDEN, "customFields")}
    return told | {"envelopeUri": f"/envelopes/{row['envelopeId']}", "expireDateTime": row["until"]}


def recipients_of(row: Body) -> Body:
    signers = [{name: value for name, value in one.items() if name != "mails"} for one in row["signers"]]
    return {"signers": signers, "recipientCount": str(len(signers)), "currentRoutingOrder": "1"}


def recipients(call: Call, envelope: str) -> Response:
    return answer(recipients_of(lapsed(call.world, call.account, call.envelope(envelope))))


def lapsed(world: World, account: str, row: Body) -> Body:
    """An envelope nobody signed in time is voided by DocuSign itself."""
    if row["status"] in {"sent", "delivered"} and row["until"] < stamp(world.clock.now()):
        return close(world, account, row, "Envelope has expired.")
    return row


def close(world: World, account: str, row: Body, reason: str) -> Body:
    now = stamp(world.clock.now())
    row = row | {"status": "voided", "voidedDateTime": now, "voidedReason": reason, "statusChangedDateTime": now}
    connect.tell(world, account, "envelope-voided", row)
    return keep(world, account, row)


def update(call: Call, envelope: str) -> Response:
    """Send a draft, or void what was sent."""
    row, body = lapsed(call.world, call.account, call.envelope(envelope)), call.body
    wanted = body.get("status")
    if wanted == "sent":
        if row["status"] != "created":
            message = "The envelope is not in a state where it can be sent."
            raise errors.wrong_state("ENVELOPE_INVALID_STATUS", message)
        if not row["signers"]:
            raise errors.wrong_state("ENVELOPE_IS_INCOMPLETE", "The Envelope is not Complete. It has no recipients.")
        keep(call.world, call.account, send(call.world, call.account, row))
    elif wanted == "voided":
        reason = within(body, "voidedReason")
        if row["status"] not in {"sent", "delivered"}:
            message = "Only envelopes in the 'Sent' or 'Delivered' states may be voided."
            raise errors.wrong_state("ENVELOPE_CANNOT_VOID_INVALID_STATE", message)
        close(call.world, call.account, row, reason)
    else:
        raise errors.invalid("status must be sent or voided.")
    return answer({"envelopeId": row["envelopeId"]})


def combined(call: Call, envelope: str) -> Response:
    row = call.envelope(envelope)
    if call.world.faults.take("docusign", call.account, "file_broken"):
        return Response(b"<html>Not yet</html>", content_type="application/pdf")
    with_certificate = call.request.args.get("certificate", "true") != "false"
    return Response(paper.combined(row, with_certificate=with_certificate), content_type="application/pdf")


def view(call: Call, envelope: str) -> Response:
    """An address good once and for five minutes, for the very recipient the caller names and has identified."""
    row, body = lapsed(call.world, call.account, call.envelope(envelope)), call.body
    for name in ("returnUrl", "authenticationMethod", "userName", "email"):
        if not body.get(name):
            raise errors.invalid(f"{name} must be given.")
    if row["status"] not in {"sent", "delivered"}:
        message = "The envelope is not in a state where it can be signed."
        raise errors.wrong_state("ENVELOPE_INVALID_STATUS", message)
    keys = ("clientUserId", "email")
    given = {"clientUserId": str(body.get("clientUserId", "")), "email": str(body["email"]).lower()}
    for one in row["signers"]:
        kept = {"clientUserId": one.get("clientUserId", ""), "email": one["email"].lower()}
        if all(kept[name] == given[name] for name in keys) and one["name"] == body["userName"]:
            break
    else:
        raise errors.unknown_recipient()
    if one["status"] not in {"sent", "delivered"}:
        raise errors.out_of_turn()
    return answer({"url": opened(call.world, call.account, row, one, str(body["returnUrl"]))}, 201)


def opened(world: World, account: str, row: Body, signer: Body, return_url: str) -> str:
    """The address of the signing page for one signer."""
    ticket = secrets.token_urlsafe(24)
    kept = {
        "account": account,
        "envelope": row["envelopeId"],
        "recipient": signer["recipientId"],
        "return_url": return_url,
        "until": world.clock.timestamp() + VIEW_SECONDS,
        "is_opened": False,
    }
    world.store.put("ds_view", "", ticket, kept)
    return f"{world.addresses.docusign_pages}/Signing/{ticket}"


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0Z")


Page = Callable[..., Response]
ACCOUNT = "/restapi/v2.1/accounts/<account>/envelopes"
PAGES: tuple[tuple[str, str, Page], ...] = (
    ("POST", ACCOUNT, create),
    ("GET", ACCOUNT, listing),
    ("GET", f"{ACCOUNT}/<envelope>", read),
    ("PUT", f"{ACCOUNT}/<envelope>", update),
    ("GET", f"{ACCOUNT}/<envelope>/recipients", recipients),
    ("GET", f"{ACCOUNT}/<envelope>/documents/combined", combined),
    ("POST", f"{ACCOUNT}/<envelope>/views/recipient", view),
)
