"""Stripe's ids, and objects as they are shown: what begins with _ is the stand-in's own."""

import secrets
import string

from integrations.sandbox.state import Body

LETTERS = string.ascii_letters + string.digits


def new(prefix: str, length: int = 24) -> str:
    return f"{prefix}_" + "".join(secrets.choice(LETTERS) for _ in range(length))


def shown(row: Body) -> Body:
    return {name: value for name, value in row.items() if not name.startswith("_")}
