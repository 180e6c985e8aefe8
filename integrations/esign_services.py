"""Which e-sign providers this installation has beside its own signing, made from the settings: None for one not set up."""

import base64
import binascii
from pathlib import Path

from django.conf import settings

from integrations.docusign.client import DocuSign
from integrations.docusign.errors import VENDOR as DOCUSIGN
from integrations.docusign.session import Account
from integrations.engine.errors import failure
from integrations.engine.esign import ESign, Invited
from onboarding.models import Agreement, Signer
from onboarding.queries import signing_providers

CALLBACK_PATH = "/webhooks/docusign/"


def docusign() -> DocuSign | None:
    """Our account at DocuSign."""
    if not signing_providers.has_docusign():
        return None
    account = Account(
        integration_key=settings.DOCUSIGN_INTEGRATION_KEY,
        user_id=settings.DOCUSIGN_USER_ID,
        private_key=_pem(settings.DOCUSIGN_PRIVATE_KEY),
        account_id=settings.DOCUSIGN_ACCOUNT_ID,
        oauth_url=settings.DOCUSIGN_OAUTH_URL,
    )
    return DocuSign(account)


def of(provider: str) -> ESign:
    """The provider an agreement names. Failure esign_not_set_up when this installation has it no more."""
    found = docusign() if provider == DOCUSIGN else None
    if found is None:
        raise failure("esign_not_set_up", vendor=provider)
    return found


def callback() -> str:
    """Where envelopes tell of themselves: nowhere without a key to know the calls by."""
    if not settings.DOCUSIGN_CONNECT_KEYS:
        return ""
    return settings.DOCUSIGN_CONNECT_URL or f"{settings.BASE_URL}{CALLBACK_PATH}"


def invited(agreement: Agreement) -> list[Invited]:
    """Its signers as the provider asks them: in their order, each where the document names them."""
    parties = {Signer.Party.CUSTOMER: "company", Signer.Party.INTERWEAVE: "seller"}
    return [
        Invited(
            position=one.position, key=f"signer-{one.pk}", name=one.name, email=one.email,
            anchor=f"{one.position}. For {agreement.terms[parties[Signer.Party(one.party)]]['legal_name']}"[:60],
        )
        for one in agreement.signers.order_by("position")
    ]  # fmt: skip


def _pem(value: str) -> str:
    """A key as PEM, out of PEM, a file's path, or PEM in base64."""
    if value.lstrip().startswith("-----BEGIN"):
        return value.replace("\\n", "\n")
    try:
        if len(value) < 1024 and Path(value).is_file():
            return Path(value).read_text()
        return base64.b64decode(value, validate=True).decode()
    except (OSError, ValueError, binascii.Error) as error:
        raise failure("app_refused", vendor=DOCUSIGN, vendor_code="unreadable_key") from error
