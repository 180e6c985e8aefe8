"""What a signer does: opens the document, signs it or declines, and is sent back to where they came from."""

from integrations.sandbox.docusign import connect
from integrations.sandbox.docusign.envelopes import asked, keep, stamp
from integrations.sandbox.state import Body
from integrations.sandbox.web import World


def deliver(world: World, account: str, row: Body, recipient: str) -> Body:
    """They opened it, for the first time."""
    signer = signer_of(row, recipient)
    if signer["status"] != "sent":
        return row
    now = stamp(world.clock.now())
    row = changed(row, recipient, status="delivered", deliveredDateTime=now)
    row = row | {"status": "delivered", "deliveredDateTime": row.get("deliveredDateTime") or now}
    connect.tell(world, account, "recipient-delivered", row, recipientId=recipient)
    connect.tell(world, account, "envelope-delivered", row)
    return keep(world, account, row)


def sign(world: World, account: str, row: Body, recipient: str) -> Body:
    """They signed; the next one gets the mail, or it is completed."""
    row = deliver(world, account, row, recipient)
    now = stamp(world.clock.now())
    row = changed(row, recipient, status="completed", signedDateTime=now, signatureInfo={"signatureName": ""})
    is_last = all(one["status"] == "completed" for one in row["signers"])
    if is_last:
        row = row | {"status": "completed", "completedDateTime": now, "statusChangedDateTime": now}
    else:
        row = asked(world, row) | {"status": "sent"}
    keep(world, account, row)
    events = [("recipient-completed", {"recipientId": recipient})] + ([("envelope-completed", {})] if is_last else [])
    if world.faults.take("docusign", account, "webhook_out_of_order"):
        events.reverse()
    for event, more in events:
        connect.tell(world, account, event, row, **more)
    return row


def decline(world: World, account: str, row: Body, recipient: str, reason: str) -> Body:
    """They won't sign: nobody else can."""
    now = stamp(world.clock.now())
    row = changed(row, recipient, status="declined", declinedDateTime=now, declinedReason=reason)
    row = row | {"status": "declined", "declinedDateTime": now, "statusChangedDateTime": now}
    connect.tell(world, account, "recipient-declined", row, recipientId=recipient)
    connect.tell(world, account, "envelope-declined", row)
    return keep(world, account, row)


def signer_of(row: Body, recipient: str) -> Body:
    return next(one for one in row["signers"] if one["recipientId"] == recipient)


def changed(row: Body, recipient: str, **now: object) -> Body:
    signers = [one | now if one["recipientId"] == recipient else one for one in row["signers"]]
    return row | {"signers": signers}
