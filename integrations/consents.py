"""Consent at QuickBooks Online: the way to Intuit's page, and what happens when a person comes back from it.

Both ways ask Intuit over HTTP, so neither may run inside a database transaction: their views are
`@transaction.non_atomic_requests`, and a transaction left open is an error here (durable).
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.conf import settings
from django.db import transaction

from integrations import registry
from integrations.engine.errors import Failure
from integrations.storage import moment
from onboarding import errors
from onboarding.actions import connections, rows
from onboarding.actors import Actor
from onboarding.models import Connection

REDIRECT_PATH = "/connections/quickbooks/callback/"


def redirect_uri() -> str:
    """The one address Intuit sends people back to; registered with our app, letter by letter."""
    return f"{settings.BASE_URL}{REDIRECT_PATH}"


def begin(connection_id: int, *, by: Actor, at: datetime) -> str:
    """The address of Intuit's consent page for this connection, good for 15 minutes and for this person alone.

    Raises NotFound, NotYours, WrongState, and Refused (code of the catalogue) when Intuit can't be reached.
    """
    _require_consent(rows.visible(Connection, connection_id, by))
    state = secrets.token_urlsafe(32)
    try:
        url = registry.consent_url(state=state, redirect_uri=redirect_uri())
    except Failure as trouble:
        raise _refused(trouble) from trouble
    with transaction.atomic(durable=True):
        connections.begin_consent(connection_id, state_digest=_digest(state, by), by=by, at=at)
    return url


def finish(*, state: str, code: str, realm_id: str, by: Actor, at: datetime) -> Connection:
    """Exchange what the person brought back for tokens, seal them and order a check.

    The consent is spent first, so a code is never tried twice. Raises NotFound for a state we did not give this
    person, WrongState when it is too old or used, Refused when Intuit gives no tokens.
    """
    with transaction.atomic(durable=True):
        consent = connections.spend_consent(_digest(state, by), by=by, at=at)
    try:
        given = registry.consented(code=code, realm_id=realm_id, redirect_uri=redirect_uri())
    except Failure as trouble:
        connections.refuse_consent(consent, reason=trouble.entry.words, by=by, at=at)
        raise _refused(trouble) from trouble
    public = {"realm_id": given.pop("realm_id")}
    return connections.finish_consent(
        consent,
        values=given,
        public=public,
        token_expires_at=moment(given.get("expires_at")),
        consent_expires_at=moment(given.get("refresh_expires_at")),
        by=by,
        at=at,
    )


def decline(*, state: str, by: Actor, at: datetime) -> Connection:
    """The person pressed Cancel at Intuit and came back without a code: noted, nothing changes."""
    with transaction.atomic(durable=True):
        consent = connections.spend_consent(_digest(state, by), by=by, at=at)
        return connections.refuse_consent(consent, reason="Cancelled at Intuit.", by=by, at=at)


def _require_consent(connection: Connection) -> None:
    if registry.system(connection.system).connects != registry.BY_CONSENT:
        raise errors.WrongState("This system is connected with credentials, not by consent.")


def _digest(state: str, by: Actor) -> str:
    """What we keep of a state: tied to the person who was sent, so nobody else can bring it back."""
    return hashlib.sha256(f"{state}|{by.user_id}".encode()).hexdigest()


def _refused(trouble: Failure) -> errors.Refused:
    return errors.Refused(f"{trouble.entry.words} {trouble.entry.what_to_do}", code=trouble.code)
