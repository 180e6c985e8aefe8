"""Migrations that move what is there: taken back and made again on a database in use, behind both walls."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from onboarding import isolation, tenancy
from onboarding.library.company_keys import LENGTHS, keys_of
from onboarding.models import Checkout, Company, Engagement, Message, Payment
from scripts import migrate
from tests.conftest import one_at_a_time
from tests.factories import NOW, CompanyFactory, EngagementFactory
from tests.invoices import issued

pytestmark = [pytest.mark.both, pytest.mark.django_db(transaction=True)]
BEFORE = "0005_agreement_and_money"
NAMES = (
    "Fabrikam GmbH & Co. KG", "FABRIKAM SPÓŁKA Z O O", "Łódź Ørsted Æther", "S. A. de C. V.", "O’Neill “Trading”",
    "Ｆａｂｒｉｋａｍ Ⅻ", "ООО Ромашка", "株式会社山田", "ﷺ" * 60, "!!!",
)  # fmt: skip


def up_to_date() -> None:
    """As a deployment does it (scripts/migrate.py): the migrations, then the walls around what they made."""
    with one_at_a_time() if connection.vendor == "postgresql" else nullcontext():
        migrate.main()


@pytest.fixture
def one_by_one(monkeypatch) -> None:
    """The migrations themselves, as a database of an earlier day takes them: not what stands for them in a fresh one."""
    load = MigrationLoader.load_disk

    def load_disk(loader: MigrationLoader) -> None:
        load(loader)
        for key in [key for key, one in loader.disk_migrations.items() if key[0] == "onboarding" and one.replaces]:
            del loader.disk_migrations[key]

    monkeypatch.setattr(MigrationLoader, "load_disk", load_disk)


def by_card(invoice: Any, amount: str, kind: str = "payment", **fields: Any) -> Payment:
    """A row as the payment service's word left it before refunds named their payment."""
    row = Payment.objects.create(
        company_id=invoice.company_id, invoice=invoice, kind=kind, amount=Decimal(amount), currency="USD", method="card",
        reference=f"{kind}-{amount}", received_on=NOW.date(), recorded_at=NOW, recorded_by="Stripe", **fields,
    )  # fmt: skip
    if kind == "payment":
        Checkout.objects.create(
            company_id=invoice.company_id, engagement=invoice.engagement, invoice=invoice, payment=row, state="paid",
            amount=row.amount, currency="USD", created_by="Ann", created_at=NOW, expires_at=NOW + timedelta(days=1),
        )  # fmt: skip
    return row


def mail(engagement: Engagement, state: str, *, kind: str = "agreement.issued", path: str = "", text: str = "") -> int:
    row = Message.objects.create(
        company=engagement.company, engagement=engagement, kind=kind, to="ida@acme.example", subject="Sign", text=text,
        path=path, button="Open", state=state, queued_at=NOW, not_before=NOW, key=f"{state}{kind}{path}",
    )  # fmt: skip
    return int(row.pk)


def refunds() -> dict[int, int | None]:
    """Each refund that is there, and the payment it is given: none where several can be meant, or a person typed it."""
    one, other, several, typed = (issued() for _ in range(4))
    given: dict[int, int | None] = {}
    for invoice in (one, other):
        paid = by_card(invoice, "900.00").pk
        given[by_card(invoice, "50.00", kind="refund").pk] = paid
    for invoice, amounts in ((several, ("400.00", "500.00")), (typed, ("900.00",))):
        for amount in amounts:
            by_card(invoice, amount)
    unknown = by_card(several, "50.00", kind="refund"), by_card(typed, "50.00", kind="refund", recorded_by_user=7)
    return given | {row.pk: None for row in unknown}


def companies() -> None:
    for name in NAMES:
        CompanyFactory(
            name=name[:60], legal_name=name, street="1, Hafenstraße", website="https://WWW.Fabrikam.example/us",
            tax_id="DE 136-695 976",
        )  # fmt: skip
    CompanyFactory(street="", website="", tax_id="")


def mails() -> dict[int, tuple[str, str]]:
    """Each mail that is there, and the path and text it keeps: no link and no code once it was given up."""
    engagement = EngagementFactory()
    return {
        mail(engagement, "failed", path="/door/s3cr3t/"): ("", ""),
        mail(engagement, "failed", path="/join/s3cr3t/"): ("", ""),
        mail(engagement, "failed", kind="door.code", text="The code is 123456."): ("", ""),
        mail(engagement, "queued", path="/door/s3cr3t/"): ("/door/s3cr3t/", ""),
        mail(engagement, "failed", path="/agreement/", text="Read it."): ("/agreement/", "Read it."),
    }


def test_what_is_there_moves_along_and_the_walls_stand_again(one_by_one) -> None:
    given, kept = refunds(), mails()
    companies()

    try:
        call_command("migrate", "onboarding", BEFORE, verbosity=0)
    finally:
        up_to_date()

    assert dict(Payment.objects.filter(kind="refund").values_list("pk", "refund_of")) == given
    assert {row.pk: (row.path, row.text) for row in Message.objects.filter(pk__in=kept)} == kept
    for company in Company.objects.all():
        assert {name: getattr(company, name) for name in LENGTHS} == keys_of(company)
    assert connection.vendor == "sqlite" or isolation.gaps() == []


@pytest.mark.postgresql
def test_an_owner_behind_the_walls_reaches_every_company_as_staff() -> None:
    """The tests' owner stands above the walls; a deployment's does not, no more than the role of the web processes."""
    for _ in range(2):
        CompanyFactory()
    Company.objects.update(name_key="")
    keep_keys = import_module("onboarding.migrations.0007_company_keys").keep_keys

    with tenancy.acting():
        keep_keys(apps, None)
    nobodys = set(Company.objects.values_list("name_key", flat=True))
    keep_keys(apps, None)

    assert nobodys == {""}
    assert [one.name_key for one in Company.objects.all()] == [
        keys_of(one)["name_key"] for one in Company.objects.all()
    ]
