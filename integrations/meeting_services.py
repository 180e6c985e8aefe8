"""Which services for meetings this installation has, made from the settings: None for one that isn't set up."""

from django.conf import settings

from integrations.fireflies.client import Fireflies, Team
from integrations.zoom.client import Zoom
from integrations.zoom.session import Account


def zoom() -> Zoom | None:
    """Our Zoom account."""
    if not (settings.ZOOM_ACCOUNT_ID and settings.ZOOM_CLIENT_ID and settings.ZOOM_CLIENT_SECRET):
        return None
    account = Account(
        account_id=settings.ZOOM_ACCOUNT_ID,
        client_id=settings.ZOOM_CLIENT_ID,
        client_secret=settings.ZOOM_CLIENT_SECRET,
        oauth_url=settings.ZOOM_OAUTH_URL,
        api_url=settings.ZOOM_API_URL,
    )
    return Zoom(account)


def fireflies() -> Fireflies | None:
    """Our team's notetaker."""
    if not settings.FIREFLIES_API_KEY:
        return None
    return Fireflies(Team(api_key=settings.FIREFLIES_API_KEY, url=settings.FIREFLIES_URL))
