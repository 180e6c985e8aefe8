"""Every route of the portal, walked by a stranger, by another company's owner, and by a viewer of the company.

A stranger is sent to the sign-in, another company's owner finds nothing, a viewer reads and changes nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.timezone import now

from onboarding.actions import api_tokens, change_requests, doors, members, partial_uploads, statements
from onboarding.actors import Role
from onboarding.models import AgreementComment, AgreementCopy, Company, JoinRequest
from onboarding.models.base import TenantModel
from onboarding.workflow.steps import Step
from tests.factories import UserFactory
from tests.journey import journey
from tests.journey.cast import Cast
from tests.url_samples import BACK_OFFICE, SAMPLES, Kind, Sample

pytestmark = pytest.mark.django_db
SIGN_IN = "/account/login/"
MAIN = re.compile(r"<main.*</main>", re.DOTALL)
POSTS = re.compile(r'<form[^>]*method="post"')
EXPECTED = {
    Kind.STAFF: {404},
    Kind.BACK_OFFICE: {302, 403},
    Kind.OPEN: set(range(200, 500)),
    Kind.ACCOUNT: set(range(200, 500)),
}
CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")


@dataclass(frozen=True)
class Route:
    """One address of the portal, filled in for the company's own things."""

    name: str
    path: str
    sample: Sample
    data: dict[str, Any]


def routes(cast: Cast) -> Iterator[Route]:
    """Every pattern of the URLconf with its sample; KeyError for a route that nobody wrote a sample for."""
    for name, pattern in _patterns(get_resolver().url_patterns):
        is_admin = name.startswith("admin:")
        sample = BACK_OFFICE if is_admin else SAMPLES[name]
        kwargs = {} if is_admin else sample.kwargs(cast)
        path = CONVERTER.sub(lambda found: str(kwargs.get(found[1] or found[2], "1")), pattern)  # noqa: B023 - used at once
        yield Route(
            name, "/" + re.sub(r"[\^$]|\(\?:|\)\??|\.\*", "", path), sample, sample.data(cast) if sample.data else {}
        )


def _patterns(
    patterns: list[URLPattern | URLResolver], namespace: str = "", prefix: str = ""
) -> Iterator[tuple[str, str]]:
    for one in patterns:
        pattern = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _patterns(one.url_patterns, f"{one.namespace}:" if one.namespace else namespace, pattern)
        else:
            yield f"{namespace}{one.name or one.pattern}", pattern


@pytest.fixture
def cast() -> Cast:
    """A company that has been through everything, with something of every kind."""
    made = journey(Step.CONTINUOUS_SUPPORT, name="Harbour Lights Ltd")
    made.printed()
    at = now()
    members.invite(made.company.pk, email="new@harbour.example", name="", roles=["viewer"], by=made.owner, at=at)
    partial_uploads.begin(made.engagement.pk, name="export.csv", length=4096, by=made.owner, at=at)
    about = {"company": made.company, "agreement": made.engagement.agreements.get()}
    AgreementComment.objects.create(**about, text="Why?", side="customer", by="Vera", at=at)
    AgreementCopy.objects.create(**about, email="law@firm.example", added_by="Vera", added_at=at)
    invoice = made.engagement.invoices.get()
    about = {"name": "Pia", "email": "pia@payers.example"}
    doors.ask(made.engagement, purpose="pay", invoice=invoice, **about, by=made.owner, at=at)
    statements.order(made.engagement.pk, by=made.owner, at=at)
    JoinRequest.objects.create(company=made.company, user=UserFactory(), created_at=at)
    change_requests.propose(
        made.engagement.pk, kind="remove", requirement=1, reason="Not needed", by=made.specialist, at=at
    )  # fmt: skip
    _token(made, made.owner, Role.OWNER)
    return made


def _token(cast: Cast, by: Any, role: Role) -> str:
    _, secret = api_tokens.create(
        user=cast.user(by), company_id=cast.company.pk, name="Script", role=role, scopes=api_tokens.SCOPES, days=30,
        by=by, at=now(),
    )  # fmt: skip
    return str(secret)


def signed_in(cast: Cast, actor: Any) -> Client:
    client = Client()
    client.force_login(cast.user(actor))
    return client


@dataclass(frozen=True)
class Answer:
    """What came back: the status, where it leads, the words."""

    status: int
    location: str
    text: str


def ask(client: Client, route: Route, **headers: str) -> Answer:
    """The route's own way of being asked: a page is read, a button is pressed."""
    headers = headers | route.sample.headers
    if route.sample.method == "get":
        reply = client.get(route.path, headers=headers)
    elif route.sample.kind is Kind.API:
        body = json.dumps(route.data)
        method = route.sample.method.upper()
        reply = client.generic(method, route.path, body, content_type="application/json", headers=headers)
    else:
        reply = client.post(route.path, route.data, headers=headers)
    content = b"".join(reply.streaming_content) if reply.streaming else reply.content
    return Answer(reply.status_code, reply.headers.get("Location", ""), content.decode(errors="replace"))


def fingerprint(company: Company) -> str:
    """Everything the company owns, as one hash; what was only looked at stays the same."""
    said = hashlib.sha256()
    for model in sorted(apps.get_models(), key=lambda one: one.__name__):
        if issubclass(model, TenantModel):
            for row in model.objects.filter(company=company).order_by("pk").values():
                said.update(f"{model.__name__}{sorted(row.items(), key=lambda one: one[0])}".encode())
    said.update(str(Company.objects.filter(pk=company.pk).values().get()).encode())
    return said.hexdigest()


# --- A stranger ---------------------------------------------------------------------------------------------------------


def test_a_stranger_is_sent_to_the_sign_in(cast: Cast) -> None:
    before, wrong = fingerprint(cast.company), {}
    for route in routes(cast):
        cache.clear()  # each is the stranger's first guess; more a minute are refused without a look at them
        reply = ask(Client(), route)
        if not _is_strangers(route.sample.kind, reply) or "Harbour Lights" in reply.text:
            wrong[f"{route.name} {route.path}"] = (reply.status, reply.location)

    assert wrong == {}
    assert fingerprint(cast.company) == before


def _is_strangers(kind: Kind, reply: Answer) -> bool:
    if kind is Kind.OPEN:
        return reply.status < 500
    if kind is Kind.API:
        return reply.status == 401
    if kind is Kind.BACK_OFFICE:
        return reply.status == 302
    return reply.status == 302 and reply.location.startswith(SIGN_IN)


# --- Another company's owner ----------------------------------------------------------------------------------------------


def test_another_companys_owner_finds_nothing(cast: Cast) -> None:
    other = journey(name="Meadow Ltd")
    client, token = signed_in(other, other.owner), _token(other, other.owner, Role.OWNER)
    marks = (cast.company.name, cast.engagement.reference)  # beside the address, which they typed themselves
    before, wrong = fingerprint(cast.company), {}
    for route in routes(cast):
        bearer = {"Authorization": f"Bearer {token}"} if route.sample.kind is Kind.API else {}
        reply = ask(client, route, **bearer)
        text = reply.text.replace(route.path, "")
        if not _is_others(route.sample, reply) or any(mark in text for mark in marks):
            wrong[f"{route.name} {route.path}"] = reply.status

    assert wrong == {}
    assert fingerprint(cast.company) == before


def _is_others(sample: Sample, reply: Answer) -> bool:
    if sample.kind is Kind.STAFF or sample.is_owned:
        return reply.status == 404
    if sample.kind is Kind.BACK_OFFICE:
        return reply.status in (302, 403)
    return reply.status < 500


# --- A viewer of the company ----------------------------------------------------------------------------------------------


def test_a_viewer_reads_and_changes_nothing(cast: Cast) -> None:
    client = signed_in(cast, cast.viewer)
    before, wrong = fingerprint(cast.company), {}
    for route in routes(cast):
        if route.sample.kind is not Kind.API:
            if problem := _viewers_problem(client, route):
                wrong[f"{route.name} {route.path}"] = problem
            if route.data and fingerprint(cast.company) != before:
                wrong[f"{route.name} {route.path}"] = "something changed"
                before = fingerprint(cast.company)

    assert wrong == {}
    assert fingerprint(cast.company) == before


def _viewers_problem(client: Client, route: Route) -> str:
    """What is wrong with how a route answers a viewer; empty when nothing is."""
    reply, sample = ask(client, route), route.sample
    if reply.status not in EXPECTED.get(sample.kind, sample.statuses):
        return f"answers {reply.status}"
    if sample.kind is Kind.ACT and not any(words in reply.text for words in ("Not saved", "was not done")):
        return "says nothing of a refusal"
    if sample.kind is not Kind.MINE or reply.status != 200:
        return ""
    if POSTS.search(" ".join(MAIN.findall(reply.text))):
        return "offers a form that would be refused"
    if sample.data is not None and (status := client.post(route.path, route.data).status_code) != 403:
        return f"takes what is sent: {status}"
    return ""


def test_a_viewers_program_reads_and_changes_nothing(cast: Cast) -> None:
    client, token = Client(), _token(cast, cast.viewer, Role.VIEWER)
    before, wrong = fingerprint(cast.company), {}
    for route in routes(cast):
        if route.sample.kind is Kind.API:
            headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": route.name}
            reply = ask(client, route, **headers)
            usual = {200} if route.sample.method == "get" else {403, 409}
            if reply.status not in (usual if route.sample.statuses == {200} else route.sample.statuses):
                wrong[f"{route.name} {route.path}"] = (reply.status, reply.text[:200])

    assert wrong == {}
    assert fingerprint(cast.company) == before
