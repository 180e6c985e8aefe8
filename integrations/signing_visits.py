"""The way to a provider's signing page for the signer whose turn it is, who is signed in here.

It asks the provider over HTTP, so it may not run inside a database transaction: its views are
`@transaction.non_atomic_requests`.
"""

from datetime import datetime

from integrations import esign_services
from integrations.engine.errors import Failure
from onboarding import errors
from onboarding.actions import envelope_visits
from onboarding.actors import Actor


def begin(agreement_id: int, *, return_url: str, by: Actor, at: datetime) -> str:
    """The address of the signing page, good once and for a few minutes; its signer comes back to `return_url`.

    Raises NotFound, NotYours, WrongState, and Refused (code of the catalogue) when the provider gives no address.
    """
    envelope, signer = envelope_visits.admit(agreement_id, by=by, at=at)
    invited = next(one for one in esign_services.invited(envelope.agreement) if one.position == signer.position)
    try:
        provider = esign_services.of(envelope.provider)
        return provider.signing_url(envelope.external_id, invited, return_url=return_url)
    except Failure as trouble:
        name = envelope.get_provider_display()
        words = f"{name} does not open the agreement just now. {trouble.entry.words} Use the link in its mail, or try again in a minute."
        raise errors.Refused(words, code=trouble.code) from trouble
