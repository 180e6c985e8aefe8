"""The standing cast: an owner, a viewer, a stranger from another company, a specialist, a lead, finance."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import factory
from django.utils.timezone import now

from onboarding import vault
from onboarding.actors import Actor, Role
from onboarding.library.company_keys import keys_of
from onboarding.library.flows import ACCOUNT_TO_CUSTOMER
from onboarding.models import (
    Company,
    Connection,
    Document,
    Engagement,
    Flow,
    Member,
    Questionnaire,
    QuestionnaireSubmission,
    Specialist,
    StepRecord,
    User,
)
from onboarding.queries.viewers import member_actor, staff_actor
from onboarding.workflow.steps import STEPS, Step

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
_serial = itertools.count(50001)  # far from where the series that acts take their numbers from begins


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@acme.example")
    name = factory.Sequence(lambda n: f"Person {n}")


class CompanyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Company
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Acme {n} Ltd")
    legal_name = factory.SelfAttribute("name")
    registration_number = factory.Sequence(lambda n: f"HRB {100000 + n}")
    country = "US"
    street, city, region, postal_code = "1 Main Street", "Boston", "MA", "02110"
    mail_domain = factory.Sequence(lambda n: f"acme{n}.example")
    state = Company.State.ACCEPTED
    decided_at = NOW
    decided_by = "Lena Lead"
    created_at = NOW

    @classmethod
    def _adjust_kwargs(cls, **kwargs: Any) -> dict[str, Any]:
        """Its keys are made of its details, as the actions do; a test may give others."""
        return keys_of(Company(**kwargs)) | kwargs

    @factory.post_generation
    def _key(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create:
            self.data_key = vault.make_data_key(self)
            self.save(update_fields=["data_key"])


class MemberFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Member

    company = factory.SubFactory(CompanyFactory)
    user = factory.SubFactory(UserFactory)
    roles = factory.LazyFunction(lambda: [Role.OWNER.value, Role.SIGNATORY.value])
    joined_at = NOW


def working_time(*, days: int) -> datetime:
    """A moment so many days from now, or on the Monday after, at which the factory's specialists work."""
    day = (now() + timedelta(days=days)).replace(hour=15, minute=0, second=0, microsecond=0)
    return day + timedelta(days=(7 - day.weekday()) % 7 if day.weekday() > 4 else 0)


class SpecialistFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Specialist

    user = factory.SubFactory(UserFactory)
    role = Role.SPECIALIST.value


class EngagementFactory(factory.django.DjangoModelFactory):
    """An engagement that stands in `step`, with the records of the steps before it closed."""

    class Meta:
        model = Engagement
        skip_postgeneration_save = True

    company = factory.SubFactory(CompanyFactory)
    reference = factory.LazyFunction(lambda: f"IW-2026-{next(_serial):04d}")
    solution = "salesforce_quickbooks_online"
    opened_at = NOW
    step = Step.WELCOME_CALL.value

    @factory.post_generation
    def _records(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        if not create:
            return
        for step in STEPS[: Step(self.step).number]:
            closed = NOW if step.value != self.step else None
            StepRecord.objects.create(
                company=self.company, engagement=self, step=step.value, number=step.number, entered_at=NOW,
                closed_at=closed, closed_by="Priya Patel" if closed else "",
            )  # fmt: skip


def member(company: Company, *roles: Role) -> Actor:
    """A member of the company with these roles, as actor."""
    return member_actor(MemberFactory(company=company, roles=[role.value for role in roles]))


def owner(company: Company) -> Actor:
    return member(company, Role.OWNER, Role.SIGNATORY)


def viewer(company: Company) -> Actor:
    return member(company, Role.VIEWER)


def stranger() -> Actor:
    """The owner of another company."""
    return owner(CompanyFactory())


def staff(role: Role) -> Actor:
    actor = staff_actor(SpecialistFactory(role=role.value).user)
    assert actor is not None
    return actor


def specialist() -> Actor:
    return staff(Role.SPECIALIST)


def lead() -> Actor:
    return staff(Role.LEAD)


def finance() -> Actor:
    return staff(Role.FINANCE)


class ConnectionFactory(factory.django.DjangoModelFactory):
    """One side of an engagement, connected and proven; `side` crm or finance."""

    class Meta:
        model = Connection
        skip_postgeneration_save = True

    engagement = factory.SubFactory(EngagementFactory, step=Step.CONNECTIVITY_SETUP.value)
    company = factory.SelfAttribute("engagement.company")
    side = "crm"
    system = factory.LazyAttribute(lambda c: "salesforce" if c.side == "crm" else "quickbooks_online")
    environment = "production"
    state = Connection.State.PROVEN
    identity = factory.LazyAttribute(lambda c: {"id": f"{c.side}-1", "name": f"Acme {c.side}", "is_sandbox": False})
    secret_given_at = NOW
    secret_given_by = "Ada Admin"
    proven_at = NOW
    created_at = NOW

    @factory.post_generation
    def _secret(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create:
            self.secret = vault.seal(self.company, f"connection:{self.pk}", {"token": "hidden"})
            self.save(update_fields=["secret"])


class FlowFactory(factory.django.DjangoModelFactory):
    """Account to Customer as the library has it, switched on, checked and configured."""

    class Meta:
        model = Flow

    engagement = factory.SubFactory(EngagementFactory, step=Step.SOLUTION_CONFIGURATION.value)
    company = factory.SelfAttribute("engagement.company")
    code = "account_to_customer"
    name = "Account to Customer"
    direction = "crm_to_finance"
    mapping = factory.LazyFunction(lambda: [entry.as_dict() for entry in ACCOUNT_TO_CUSTOMER.mappings])
    mapping_version = 1
    mapping_validated_at = NOW
    configured_at = NOW
    configured_by = "Priya Patel"


def handed_in(
    engagement: Engagement, kind: str = "solutions_definition", answers: dict[str, Any] | None = None, **fields: Any
) -> QuestionnaireSubmission:
    """A submission with these answers, the last of its questionnaire; `fields` are the submission's."""
    here = {"company": engagement.company, "engagement": engagement}
    row, _ = Questionnaire.objects.get_or_create(**here, kind=kind)
    document = Document.objects.create(
        **here, kind=kind, title="As submitted", file_name=f"{kind}.pdf", content_type="application/pdf",
        is_generated=True, created_at=NOW, created_by="Ann",
    )  # fmt: skip
    filled = {"schema_version": row.schema_version, "answers": answers or {}, "sha256": "0" * 64, "document": document}
    row.last_submission = QuestionnaireSubmission.objects.create(
        **here, questionnaire=row, number=row.submissions.count() + 1, by="Ann", at=NOW, **(filled | fields)
    )
    row.save(update_fields=["last_submission"])
    return row.last_submission
