"""Who acts: one person in one capacity, a program with a token, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """Six roles of a company's members and four of InterWeave's staff (design, section 2)."""

    OWNER = "owner"
    SIGNATORY = "signatory"
    BILLING = "billing"
    TECHNICAL = "technical"
    CONTRIBUTOR = "contributor"
    VIEWER = "viewer"
    SPECIALIST = "specialist"
    LEAD = "lead"
    FINANCE = "finance"
    AUDITOR = "auditor"
    SYSTEM = "system"


MEMBER_ROLES = (Role.OWNER, Role.SIGNATORY, Role.BILLING, Role.TECHNICAL, Role.CONTRIBUTOR, Role.VIEWER)
STAFF_ROLES = (Role.SPECIALIST, Role.LEAD, Role.FINANCE, Role.AUDITOR)
# Who may change anything of their company's engagement at all: a viewer reads.
CUSTOMER_WRITERS = frozenset({Role.OWNER, Role.SIGNATORY, Role.BILLING, Role.TECHNICAL, Role.CONTRIBUTOR})
SPECIALISTS = frozenset({Role.SPECIALIST, Role.LEAD})


@dataclass(frozen=True)
class Actor:
    """The one who asks (a viewer) or acts (`by`). `company_id` is the tenant; staff see all tenants."""

    kind: str  # member · staff · token · system
    name: str
    roles: frozenset[Role]
    company_id: int | None = None
    user_id: int | None = None
    email: str = ""
    scopes: frozenset[str] = field(default_factory=frozenset)
    ip: str = ""
    user_agent: str = ""

    @property
    def is_staff(self) -> bool:
        """True for InterWeave's own people and for the system: they see every tenant."""
        return self.company_id is None and bool(self.roles & {*STAFF_ROLES, Role.SYSTEM})

    def has(self, *roles: Role) -> bool:
        """True when the actor holds any of these roles; the system may do whatever any role may."""
        return Role.SYSTEM in self.roles or not self.roles.isdisjoint(roles)

    def as_json(self) -> dict[str, Any]:
        """What an event keeps of its actor: no address, no secret."""
        return {"kind": self.kind, "name": self.name, "user_id": self.user_id, "roles": sorted(self.roles)}


SYSTEM = Actor(kind="system", name="InterWeave", roles=frozenset({Role.SYSTEM}))
