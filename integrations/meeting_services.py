"""Which services for meetings this installation has, made from the settings: None for one that isn't set up."""

from django.conf import settings

from integrations.fireflies.client import Fireflies, Team
from integrations.google_meet import session as google
from integrations.google_meet.client import GoogleMeet
from integrations.zoom import session as zoom_session
from integrations.zoom.client import Zoom


def zoom() -> Zoom | None:
    """Our Zoom account."""
    if not (settings.ZOOM_ACCOUNT_ID and settings.ZOOM_CLIENT_ID and settings.ZOOM_CLIENT_SECRET):
        return None
    account = zoom_session.Account(
        account_id=settings.ZOOM_ACCOUNT_ID,
        client_id=settings.ZOOM_CLIENT_ID,
        client_secret=settings.ZOOM_CLIENT_SECRET,
        oauth_url=settings.ZOOM_OAUTH_URL,
        api_url=settings.ZOOM_API_URL,
    )
    return Zoom(account)


def google_meet() -> GoogleMeet | None:
    """Our service account at Google, acting for hosts."""
    if not settings.GOOGLE_SERVICE_ACCOUNT:
        return None
    return GoogleMeet(google.Account.of(settings.GOOGLE_SERVICE_ACCOUNT, api_url=settings.GOOGLE_API_URL))


def fireflies() -> Fireflies | None:
    """Our team's notetaker."""
    if not settings.FIREFLIES_API_KEY:
        return None
    return Fireflies(Team(api_key=settings.FIREFLIES_API_KEY, url=settings.FIREFLIES_URL))
