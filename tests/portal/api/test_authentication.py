"""A token opens its own company's door and no other, until it dies or asks too often."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.http import HttpResponse
from django.test import Client
from django.utils.timezone import now

from onboarding.actors import Role
from onboarding.models import ApiToken, Member, Specialist, User
from portal.api import throttles
from tests.portal.api.conftest import bearing, token_of

pytestmark = pytest.mark.both
PLACES = ["", "status/", "steps/", "timeline/", "moves/", "documents/", "connections/", "checks/"]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("header", ["", "Bearer iw_guess", "Bearer", "Basic YTpi", "bearer \xe9"])
def test_without_a_living_token_nobody_gets_in(engagement, at, place, header):
    response = Client(headers={"Authorization": header} if header else {}).get(at(place))

    assert (response.status_code, response.json()["code"]) == (401, "unauthorized")
    assert response["WWW-Authenticate"].startswith("Bearer ")


@pytest.mark.parametrize("place", PLACES)
def test_another_companys_token_finds_nothing(stranger, at, place):
    response = stranger.get(at(place))

    assert (response.status_code, response.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("place", ["status/", "steps/"])
@pytest.mark.parametrize(
    "spoil",
    [
        lambda: ApiToken.objects.update(revoked_at=now()),
        lambda: ApiToken.objects.update(expires_at=now() - timedelta(seconds=1)),
        lambda: Member.objects.update(removed_at=now()),
        lambda: User.objects.update(is_active=False),
    ],
    ids=["revoked", "expired", "its member removed", "its user switched off"],
)
def test_a_dead_token_is_a_strangers(owner, at, place, spoil):
    before = owner.get(at(place)).status_code

    spoil()

    assert (before, owner.get(at(place)).status_code) == (200, 401)


@pytest.mark.parametrize("place", ["status/", "steps/"])
def test_a_removed_specialists_token_is_a_strangers(lead, at, place):
    before = lead.get(at(place)).status_code

    Specialist.objects.update(removed_at=now())

    assert (before, lead.get(at(place)).status_code) == (200, 401)


@pytest.mark.parametrize("place", ["status/", "steps/"])
def test_a_token_that_has_not_expired_yet_lives(engagement, at, place):
    client = bearing(token_of(engagement.company, Role.OWNER, expires_at=now() + timedelta(minutes=1)))

    assert client.get(at(place)).status_code == 200


def test_a_token_made_by_staff_for_a_company_sees_that_company(engagement, at):
    secret = token_of(None, Role.SPECIALIST)
    ApiToken.objects.update(company=engagement.company)

    assert [bearing(secret).get(at(place)).status_code for place in ("status/", "steps/")] == [200, 200]


@pytest.mark.parametrize("place", ["status/", "steps/"])
def test_a_use_is_noted(engagement, at, place):
    client = bearing(token_of(engagement.company, Role.OWNER, last_used_at=now() - timedelta(minutes=2)))
    began = now()

    client.get(at(place))

    assert ApiToken.objects.get().last_used_at >= began


def test_a_maker_who_lost_the_role_leaves_a_token_that_reads(engagement, at):
    client = bearing(token_of(engagement.company, Role.TECHNICAL))
    Member.objects.update(roles=["contributor"])

    refused = client.post(at("documents/"), {"file": ContentFile(b"a,b", name="a.csv")})

    assert (client.get(at("documents/")).status_code, refused.status_code) == (200, 403)
    assert refused.json()["code"] == "not_yours"


@pytest.fixture
def rates(settings) -> Iterator[dict[str, str]]:
    """The throttles' rates, to be lowered."""
    rates = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]
    before = dict(rates)
    yield rates
    rates.update(before)


def test_a_token_that_asks_too_often_waits(owner, at, rates):
    rates["token"] = "2/min"

    require_patience([owner.get(at("steps/")) for _ in range(3)])


def test_a_token_that_asks_the_hot_reads_too_often_waits(owner, at):
    answers = [owner.get(at("status/"))]
    throttles.hot_reads.counts = dict.fromkeys(throttles.hot_reads.counts, throttles.hot_reads.limit - 1)

    require_patience([*answers, owner.get(at("status/")), owner.get("/api/v1/engagements/")])


def require_patience(answers: list[HttpResponse]) -> None:
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[2]["Retry-After"]) <= 60
    assert answers[2].json()["code"] == "throttled"


@pytest.mark.parametrize("place", ["status/", "steps/"])
def test_who_guesses_too_often_waits(db, at, place, rates):
    rates["stranger"] = "2/min"

    assert [bearing("iw_guess").get(at(place)).status_code for _ in range(3)] == [401, 401, 429]


def test_without_a_cache_nobody_waits(owner, at, rates, settings):
    rates["token"] = "1/min"
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1"}
    }

    assert [owner.get(at("steps/")).status_code for _ in range(2)] == [200, 200]
