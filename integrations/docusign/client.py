"""DocuSign through its eSignature REST API, as our own account: engine.esign.ESign.

    docusign = DocuSign(Account(integration_key=…, user_id=…, private_key=…))
    docusign.create_envelope(content, name=…, signers=…, subject=…, key="MSA-2026-0042", days=30, callback=…) -> "4f1d…"

DocuSign knows no idempotency key: `key` is a text custom field of the envelope, and find() searches by it. Signers get
DocuSign's own mail, and may as well come from the portal (clientUserId with SIGN_AT_DOCUSIGN does both).
"""

import base64
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from integrations.docusign.errors import VENDOR
from integrations.docusign.session import Account, Session
from integrations.engine.calls import as_promised
from integrations.engine.errors import failure
from integrations.engine.esign import Invited, Record, Signed, Status

FIELD = "interweave_agreement"
LOOKS_BACK = timedelta(days=60)
LONGEST_SUBJECT, LONGEST_REASON = 100, 200  # characters
WARNS_DAYS = 3  # before its last day
EVENTS = ("sent", "delivered", "completed", "declined", "voided")
RECIPIENT_EVENTS = ("delivered", "completed", "declined")
STATUSES = {"created": Status.CREATED, "correct": Status.SENT, "signed": Status.DELIVERED} | {
    status.value: status for status in Status
}


class DocuSign:
    """engine.esign.ESign over one account at DocuSign. Every method raises engine.errors.Failure."""

    vendor = VENDOR

    def __init__(self, account: Account) -> None:
        self.session = Session(account)

    def sign_in(self) -> None:
        """Show our credentials: Failure app_refused or consent_missing when DocuSign does not take them."""
        self.session.sign_in()

    def create_envelope(
        self, content: bytes, *, name: str, signers: Sequence[Invited], subject: str, key: str, days: int, callback: str
    ) -> str:
        """Make it as a draft: nobody is told before send()."""
        document = {
            "documentId": "1",
            "name": name,
            "fileExtension": "pdf",
            "documentBase64": base64.b64encode(content).decode(),
        }
        body: dict[str, Any] = {
            "status": "created",
            "emailSubject": subject[:LONGEST_SUBJECT],
            "documents": [document],
            "recipients": {"signers": [_signer(one) for one in signers]},
            "customFields": {"textCustomFields": [{"name": FIELD, "value": key, "show": "false", "required": "false"}]},
            "notification": _notification(days),
        }
        if callback:
            body["eventNotification"] = _event_notification(callback)
        made = self.session.call("POST", "/envelopes", json=body)
        with as_promised(VENDOR):
            return str(made["envelopeId"])

    def find(self, key: str) -> str | None:
        """What an earlier try made under this key: one that was sent before one that was not."""
        since = (datetime.now(tz=UTC) - LOOKS_BACK).strftime("%Y-%m-%dT%H:%M:%SZ")
        asked = {"custom_field": f"{FIELD}={key}", "from_date": since, "from_to_status": "created"}
        found = self.session.call("GET", "/envelopes", params=asked).get("envelopes") or []
        with as_promised(VENDOR):
            ranked = sorted(found, key=lambda one: (one["status"] == "created", one["status"] == "voided"))
            return str(ranked[0]["envelopeId"]) if ranked else None

    def send(self, envelope: str) -> None:
        """Ask the first of the signers, unless that was done."""
        if self.status(envelope).status == Status.CREATED:
            self.session.call("PUT", f"/envelopes/{envelope}", json={"status": "sent"})

    def status(self, envelope: str) -> Record:
        """How far it is, and what everybody did. Failure envelope_gone."""
        told = self.session.call("GET", f"/envelopes/{envelope}", params={"include": "recipients"})
        with as_promised(VENDOR):
            return Record(
                id=str(told["envelopeId"]),
                status=STATUSES[told["status"]],
                sent_at=_moment(told.get("sentDateTime")),
                completed_at=_moment(told.get("completedDateTime")),
                voided_reason=str(told.get("voidedReason") or ""),
                signers=tuple(sorted(map(_signed, told["recipients"]["signers"]), key=lambda one: one.position)),
            )

    def download(self, envelope: str) -> bytes:
        """The signed document with DocuSign's certificate of completion, as one PDF."""
        content = self.session.file(f"/envelopes/{envelope}/documents/combined?certificate=true")
        if not content.startswith(b"%PDF-"):
            raise failure("not_understood", vendor=VENDOR, vendor_message="The file is no PDF.")
        return content

    def void(self, envelope: str, *, reason: str) -> None:
        """Nobody can sign it any more; fine when it is void already. A draft needs none: nobody knows of it."""
        found = self.status(envelope).status
        if found in {Status.CREATED, Status.VOIDED}:
            return
        if found.is_over:
            raise failure("envelope_over", vendor=VENDOR, vendor_code=found.value)
        body = {"status": "voided", "voidedReason": reason[:LONGEST_REASON] or "Withdrawn"}
        self.session.call("PUT", f"/envelopes/{envelope}", json=body)

    def signing_url(self, envelope: str, signer: Invited, *, return_url: str) -> str:
        """Good once, for five minutes. Failure signer_unknown when it is not their turn."""
        body = {
            "returnUrl": return_url,
            "authenticationMethod": "Password",
            "userName": signer.name,
            "email": signer.email,
            "clientUserId": signer.key,
            "recipientId": str(signer.position),
        }
        told = self.session.call("POST", f"/envelopes/{envelope}/views/recipient", json=body)
        with as_promised(VENDOR):
            return str(told["url"])


def _signer(one: Invited) -> dict[str, Any]:
    made: dict[str, Any] = {
        "recipientId": str(one.position),
        "routingOrder": str(one.position),
        "name": one.name,
        "email": one.email,
        "clientUserId": one.key,
        "embeddedRecipientStartURL": "SIGN_AT_DOCUSIGN",
    }
    if one.anchor:
        made["tabs"] = {
            "signHereTabs": [
                {
                    "documentId": "1",
                    "anchorString": one.anchor,
                    "anchorUnits": "pixels",
                    "anchorYOffset": "40",
                    "anchorIgnoreIfNotPresent": "true",  # then they place it themselves
                }
            ]
        }
    return made


def _notification(days: int) -> dict[str, Any]:
    return {
        "useAccountDefaults": "false",
        "expirations": {"expireEnabled": "true", "expireAfter": str(days), "expireWarn": str(WARNS_DAYS)},
    }


def _event_notification(callback: str) -> dict[str, Any]:
    """Connect for this envelope alone: signed with the account's keys, as JSON, without the documents."""
    return {
        "url": callback,
        "requireAcknowledgment": "true",
        "loggingEnabled": "true",
        "includeHMAC": "true",
        "includeDocuments": "false",
        "deliveryMode": "SIM",
        "events": [f"envelope-{name}" for name in EVENTS] + [f"recipient-{name}" for name in RECIPIENT_EVENTS],
        "eventData": {"version": "restv2.1", "format": "json"},
    }


def _signed(told: dict[str, Any]) -> Signed:
    return Signed(
        position=int(told["routingOrder"]),
        name=str(told["name"]),
        email=str(told["email"]),
        authentication=_authentication(told),
        delivered_at=_moment(told.get("deliveredDateTime")),
        signed_at=_moment(told.get("signedDateTime")),
        declined_at=_moment(told.get("declinedDateTime")),
        declined_reason=str(told.get("declinedReason") or ""),
    )


def _authentication(told: dict[str, Any]) -> str:
    """How DocuSign says it knew them: by the checks they passed, else by their mailbox; its certificate tells more."""
    checks = told.get("recipientAuthenticationStatus")
    passed = [name for name, one in checks.items() if (one or {}).get("status") == "Passed"] if checks else []
    how = ", ".join(name.removesuffix("Result") for name in passed)
    return f"DocuSign, {how}" if how else f"DocuSign, known there by {told['email']}"


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None
