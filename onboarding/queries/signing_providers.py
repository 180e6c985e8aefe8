"""Where an agreement can be signed in this installation: here, and at whichever provider its settings name."""

from __future__ import annotations

from django.conf import settings

from onboarding.models import Agreement


def has_docusign() -> bool:
    """True when the settings hold what DocuSign needs."""
    return bool(settings.DOCUSIGN_INTEGRATION_KEY and settings.DOCUSIGN_USER_ID and settings.DOCUSIGN_PRIVATE_KEY)


def offered() -> list[Agreement.Provider]:
    """The providers a specialist may choose from; our own comes first."""
    return [Agreement.Provider.OWN, *([Agreement.Provider.DOCUSIGN] if has_docusign() else [])]
