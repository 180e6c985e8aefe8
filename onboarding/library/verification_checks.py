"""The checks of step IV as data: what each proves, who decides it, what it rests on, who sees it, who may let it go."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from onboarding.actors import Role


class Code(StrEnum):
    """A check's name in rows, events and the API."""

    LEGAL_NAME = "legal_name"
    REGISTRATION_NUMBER = "registration_number"
    COUNTRY = "country"
    TAX_ID = "tax_id"
    ADDRESS = "address"
    MAIL_DOMAIN = "mail_domain"
    SIGNATORY = "signatory"
    AUTHORITY = "authority"
    DUPLICATES = "duplicates"


LEADS = frozenset({Role.LEAD})
NOBODY: frozenset[Role] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Check:
    """One check. `rests_on` are fields of the company, `rests_on_contact` a kind of contact: a change opens it again.

    `by_rule`: a rule decides it where it can, else a person does. `needs_document`: it passes on a document only.
    """

    code: Code
    title: str
    proves: str
    look_at: str  # what a person looks at, for the specialist
    rests_on: tuple[str, ...] = ()
    rests_on_contact: str = ""
    by_rule: bool = False
    needs_document: bool = False
    for_customers: bool = True
    waived_by: frozenset[Role] = LEADS


PLACE = ("street", "city", "region", "postal_code", "country")
CHECKS = (
    Check(
        code=Code.LEGAL_NAME, title="Legal name", rests_on=("legal_name",), waived_by=NOBODY,
        proves="The company exists under exactly this name.",
        look_at="The register's entry: the name letter by letter, with its legal form.",
    ),
    Check(
        code=Code.REGISTRATION_NUMBER, title="Registration number", rests_on=("registration_number", "country"),
        proves="The register lists this company under this number.",
        look_at="The register's entry under this number, and that it is not struck off.",
    ),
    Check(
        code=Code.COUNTRY, title="Country of registration", rests_on=("country",),
        proves="The legal entity belongs to this country's register, not only a branch or a mailbox.",
        look_at="Which country's register the entry is in, and where the seat is.",
    ),
    Check(
        code=Code.TAX_ID, title="Tax or VAT id", rests_on=("tax_id", "country"), by_rule=True,
        proves="The number is well formed for this country; invoices may carry it.",
        look_at="The tax office's own look-up, such as VIES for the European Union.",
    ),
    Check(
        code=Code.ADDRESS, title="Postal address", rests_on=PLACE, by_rule=True,
        proves="The address is complete as this country writes it.",
        look_at="The register's address, or a letter that arrived.",
    ),
    Check(
        code=Code.MAIL_DOMAIN, title="E-mail domain", rests_on=("mail_domain",), rests_on_contact="main", by_rule=True,
        proves="The company's own people read mail in this domain.",
        look_at="Who holds the domain, or for a free mail provider a register extract or letterhead with the address.",
    ),
    Check(
        code=Code.SIGNATORY, title="Signatory's identity", rests_on_contact="executive_sponsor", by_rule=True,
        proves="Whoever signs is the person named as signatory.",
        look_at="A video call with an identity document, or that the signatory signs in under the address named.",
    ),
    Check(
        code=Code.AUTHORITY, title="Signatory's authority", rests_on_contact="executive_sponsor", needs_document=True,
        rests_on=("legal_name",),
        proves="The signatory may bind the company.",
        look_at="A register extract that lists the signatory, or a power of attorney with its signature.",
    ),
    Check(
        code=Code.DUPLICATES, title="Other companies like it", by_rule=True, for_customers=False,
        rests_on=("name", "legal_name", "tax_id", "website", "mail_domain", *PLACE),
        proves="The company is not here a second time.",
        look_at="The companies named below: the same one twice, or a sister of the same group?",
    ),
)  # fmt: skip
BY_CODE: dict[str, Check] = {check.code.value: check for check in CHECKS}
CHOICES = [(check.code.value, check.title) for check in CHECKS]
# What the customer itself proves, on a page of its own.
PROVED_BY_CUSTOMERS = frozenset({Code.MAIL_DOMAIN.value, Code.AUTHORITY.value})
INTERNAL = frozenset(check.code.value for check in CHECKS if not check.for_customers)


def resting_on(fields: set[str]) -> list[str]:
    """Codes of the checks that rest on any of these details of the company."""
    return [check.code.value for check in CHECKS if fields.intersection(check.rests_on)]


def resting_on_contact(kind: str) -> list[str]:
    """Codes of the checks that rest on the contact of this kind."""
    return [check.code.value for check in CHECKS if kind and check.rests_on_contact == kind]
