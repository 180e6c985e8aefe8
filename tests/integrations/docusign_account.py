"""An account of our own at the DocuSign stand-in, and the settings that name it."""

from __future__ import annotations

from typing import Any

from tests.integrations.sandbox_fixture import RunningSandbox

KEYS = ["connect-key-new", "connect-key-old"]


def point_to(sandbox: RunningSandbox, settings: Any, **wishes: Any) -> dict[str, Any]:
    """A new account there; our settings sign in to it. Connect signs with both keys."""
    made = sandbox.new_docusign("Ours", **{"connect": {"url": "", "keys": KEYS}, **wishes})
    settings.DOCUSIGN_INTEGRATION_KEY, settings.DOCUSIGN_USER_ID = made["integration_key"], made["user_id"]
    settings.DOCUSIGN_PRIVATE_KEY, settings.DOCUSIGN_ACCOUNT_ID = made["private_key"], made["id"]
    settings.DOCUSIGN_OAUTH_URL = sandbox.docusign_url
    return made
