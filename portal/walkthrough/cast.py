"""Who takes part: InterWeave's staff, kept between runs in demo.json, and companies that register anew."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings

from portal.walkthrough.people import TOKEN_SCOPES, Account, make_staff
from portal.walkthrough.story import CompanyDetails, Story, base_url


def demo_file() -> Path:
    """Where programs and tests learn who can sign in: var/demo.json."""
    return settings.VAR_DIR / "demo.json"


def known() -> dict[str, Any]:
    """What an earlier run wrote; empty parts when there was none."""
    if demo_file().exists():
        told: dict[str, Any] = json.loads(demo_file().read_text())
        return told
    return {"base_url": base_url(), "users": [], "tokens": [], "engagements": []}


def write(told: dict[str, Any]) -> None:
    """Keep it for the next run, readable by this user alone: it holds the rehearsal's passwords."""
    demo_file().touch(mode=0o600)
    demo_file().chmod(0o600)
    demo_file().write_text(json.dumps(told | {"base_url": base_url()}, indent=2))


def staff() -> dict[str, Account]:
    """InterWeave's people by role (the first of each role), made when they are not there yet."""
    told = known()
    people = make_staff(known={one.email: one for one in staff_of(told)})
    told["users"] = [user(one) for one in people] + [one for one in told["users"] if one["company"]]
    told["tokens"] = [
        token(one.extra["token"], one.role, "", list(TOKEN_SCOPES), email=one.email) for one in people
    ] + [one for one in told["tokens"] if one["company"]]  # fmt: skip
    write(told)
    return by_role(people)


def staff_of(told: dict[str, Any]) -> list[Account]:
    """InterWeave's people as demo.json tells about them."""
    tokens = {one["email"]: one["token"] for one in told["tokens"] if one.get("email")}
    return [
        Account(
            one["name"], one["email"], one["password"], one["role"], totp_secret=one["totp_secret"],
            extra={"token": tokens.get(one["email"], "")},
        )
        for one in told["users"]
        if not one["company"]
    ]  # fmt: skip


def by_role(people: list[Account]) -> dict[str, Account]:
    """The first of each role."""
    return {one.role: one for one in reversed(people)}


def user(account: Account) -> dict[str, Any]:
    """A person as demo.json tells about them."""
    return {
        "name": account.name,
        "email": account.email,
        "password": account.password,
        "role": account.role,
        "company": account.company,
        "totp_secret": account.totp_secret,
    }


def token(secret: str, role: str, company: str, scopes: list[str], *, email: str = "") -> dict[str, Any]:
    """A program's key as demo.json tells about it."""
    return {"token": secret, "role": role, "company": company, "scopes": scopes, "email": email}


def new_company(name: str, owner: str) -> CompanyDetails:
    """A company that nobody registered before: its numbers are drawn by lot."""
    number = 100_000_000 + secrets.randbelow(899_999_999)
    slug = "".join(c for c in name.lower() if c.isalnum())
    return CompanyDetails(
        name=name, owner=owner, domain=f"{slug}-{number % 100_000}.example", registration_number=f"MA {number}",
        tax_id=_ein(number), street=f"{number % 400 + 1} Harbour Street",  # or each would be a likeness of the others
    )  # fmt: skip


def _ein(number: int) -> str:
    """A well-formed employer identification number; 04 is a prefix issued in Massachusetts."""
    return f"04-{number % 10_000_000:07d}"


def new_story(name: str, owner: str, *, papers: Path, say: Callable[[str], None], **ways: str) -> Story:
    """A company about to register, with InterWeave's staff at their desks. `ways`: how it will `sign` and `pay`."""
    return Story(company=new_company(name, owner), base_url=base_url(), staff=staff(), papers=papers, say=say, **ways)
