"""The owner's colleagues: one for every other role, invited by mail and joined by their links."""

from __future__ import annotations

import secrets
import time

from portal.walkthrough import letters
from portal.walkthrough.people import Account
from portal.walkthrough.story import Story

COLLEAGUES = (
    ("Sam Whitfield", "signatory"),
    ("Bea Larsson", "billing"),
    ("Ravi Menon", "technical"),
    ("Cleo Novak", "contributor"),
    ("Victor Hale", "viewer"),
)


def invite_colleagues(story: Story) -> list[Account]:
    """Invite each, open the mailed link, join with a password."""
    return [_join(story, name, role) for name, role in COLLEAGUES]


def _join(story: Story, name: str, role: str) -> Account:
    email = f"{name.split(maxsplit=1)[0].lower()}@{story.company.domain}"
    account = Account(name, email, secrets.token_urlsafe(14), role, story.company.name)
    began = time.time()
    story.customer.send("/people/", {"email": email, "name": name, "roles": [role]})
    link = story.mailed(letters.INVITATION, email, since=began, what=f"the invitation to {email}")
    newcomer = story.browse(story.base_url, name=name)
    newcomer.send(f"/join/{link}/", {"name": name, "password": account.password})
    return account
