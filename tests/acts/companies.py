"""Acts of the company, not of an engagement: no step, no hold."""

from __future__ import annotations

from django.utils.timezone import now

from onboarding.actions import (
    api_tokens,
    companies,
    members,
)
from tests.acts import Act

# fmt: off
ACTS = [
    Act("companies.accept", "L", "", lambda w, by: companies.accept(w.company.pk, by=by, at=now())),
    Act("companies.decline", "L", "", lambda w, by: companies.decline(w.company.pk, note="No", by=by, at=now())),
    Act("members.invite", "oSL", "", lambda w, by: members.invite(w.company.pk, email="new@acme.example", name="",
        roles=["viewer"], by=by, at=now())),
    Act("members.revoke_invitation", "oSL", "", lambda w, by: members.revoke_invitation(w.invitation.pk, by=by,
        at=now())),
    Act("members.change_roles", "oL", "", lambda w, by: members.change_roles(w.member.pk, roles=["viewer"], by=by,
        at=now())),
    Act("members.remove", "oL", "", lambda w, by: members.remove(w.member.pk, by=by, at=now())),
    Act("api_tokens.revoke", "otL", "", lambda w, by: api_tokens.revoke(w.token.pk, by=by, at=now())),
]
