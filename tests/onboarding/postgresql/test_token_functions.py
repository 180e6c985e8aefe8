"""The API's hot reads: one statement that knows the token, its company and the answer."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from onboarding import tenancy
from onboarding.models import Member, Specialist, User
from tests.onboarding.tenants import NOW, digest, tenant, token

pytestmark = [pytest.mark.postgresql, pytest.mark.no_tenancy]


@pytest.fixture
def acme(db):
    return tenant("acme")


@pytest.fixture
def zenith(db):
    return tenant("zenith")


@pytest.fixture
def staff(db):
    user = User.objects.create_user("lead@interweave.example", name="Lead")
    return Specialist.objects.create(user=user, role="lead")


def status(secret: str, reference: str, known: int | None = None) -> dict | None:
    return one("SELECT * FROM status_for_token(%s, %s, %s)", [digest(secret), reference, known])


def page(secret: str, **options) -> dict | None:
    given = {"step": None, "below": None, "size": 25} | options
    return one(
        "SELECT * FROM engagements_for_token(%s, %s, %s, %s)",
        [digest(secret), given["step"], given["below"], given["size"]],
    )


def one(sql: str, params: list) -> dict | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows = cursor.fetchall()
        assert len(rows) <= 1
        return dict(zip([column.name for column in cursor.description], rows[0], strict=True)) if rows else None


@tenancy.acting(staff=True)
def given(make):
    return make()


def test_a_token_reads_its_companys_engagement(acme):
    key = given(lambda: acme.token("key"))

    found = status("key", "IW-acme")

    assert found == {
        "token_id": key.pk,
        "company_id": acme.company.pk,
        "user_id": acme.owner.pk,
        "role": "viewer",
        "scopes": '["read"]',
        "use_noted": False,
        "version": 1,
        "body": '{"reference": "IW-acme"}',
    }


def test_a_known_version_is_answered_without_the_body(acme):
    given(lambda: acme.token("key"))

    assert [
        (status("key", "IW-acme", known)["version"], status("key", "IW-acme", known)["body"]) for known in (1, 0)
    ] == [
        (1, None),
        (1, '{"reference": "IW-acme"}'),
    ]


def test_another_companys_engagement_is_not_there(acme, zenith):
    given(lambda: acme.token("key"))

    assert [status("key", reference)["version"] for reference in ("IW-zenith", "IW-nobody")] == [None, None]


def test_staffs_token_reads_every_company(acme, zenith, staff):
    given(lambda: token("key", created_by=staff.user))

    assert [status("key", reference)["version"] for reference in ("IW-acme", "IW-zenith")] == [1, 1]
    assert json.loads(page("key")["items"]) == [{"reference": "IW-zenith"}, {"reference": "IW-acme"}]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda key: setattr(key, "revoked_at", NOW) or key.save(),
        lambda key: setattr(key, "expires_at", timezone.now() - timedelta(seconds=1)) or key.save(),
        lambda key: Member.objects.filter(user=key.created_by).update(removed_at=NOW),
        lambda key: User.objects.filter(pk=key.created_by_id).update(is_active=False),
    ],
    ids=["revoked", "expired", "its member removed", "its user switched off"],
)
def test_a_dead_token_reads_nothing(acme, spoil):
    given(lambda: spoil(acme.token("key")))

    assert (status("key", "IW-acme"), page("key")) == (None, None)


def test_a_removed_specialists_token_reads_nothing(acme, staff):
    given(lambda: token("key", created_by=staff.user))
    Specialist.objects.update(removed_at=NOW)

    assert (status("key", "IW-acme"), page("key")) == (None, None)


def test_an_unknown_token_reads_nothing_also_for_staff(acme):
    with tenancy.acting(staff=True):
        assert (status("guess", "IW-acme"), page("guess")) == (None, None)


def test_the_callers_context_is_as_before(acme, zenith):
    given(lambda: acme.token("key"))

    with tenancy.acting(company_id=zenith.company.pk):
        before = one("SELECT current_tenancy() AS told", [])
        status("key", "IW-acme")
        page("guess")

        assert one("SELECT current_tenancy() AS told", []) == before == {"told": [str(zenith.company.pk), "", "", ""]}


def test_pages_follow_each_other_newest_first(acme, staff):
    tenants = [acme, *(tenant(name) for name in ("b", "c"))]
    given(lambda: token("key", created_by=staff.user))

    first = page("key", size=2)
    second = page("key", size=2, below=first["next_below"])

    assert [one["reference"] for one in json.loads(first["items"])] == ["IW-c", "IW-b"]
    assert first["next_below"] == tenants[1].engagement.pk
    assert (json.loads(second["items"]), second["next_below"]) == ([{"reference": "IW-acme"}], None)


def test_a_page_of_one_step(acme):
    given(lambda: acme.token("key"))

    assert [page("key", step=step)["items"] for step in (acme.engagement.step, "nowhere")] == [
        '[{"reference": "IW-acme"}]',
        "[]",
    ]


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_one_statement_is_enough(acme, django_assert_num_queries):
    given(lambda: acme.token("key"))

    with django_assert_num_queries(1):
        assert status("key", "IW-acme")["body"] == '{"reference": "IW-acme"}'
