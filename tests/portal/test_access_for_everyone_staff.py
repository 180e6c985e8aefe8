"""Everyone can use every page of InterWeave's own rooms: by axe, on a phone and at a desk, in light and dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal import auth as totp
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.timezone import now
from django.views.defaults import bad_request, page_not_found, permission_denied, server_error
from playwright.sync_api import Browser

from onboarding.actions import members
from onboarding.actors import Role
from onboarding.models import BankEntry, Message, User
from tests import bank
from tests.factories import CompanyFactory, MemberFactory, SpecialistFactory, UserFactory, owner
from tests.journey.cast import Cast
from tests.portal.accounts.conftest import REGISTRATION, give_password, sign_in
from tests.portal.screens import AT_ONCE, Screen
from tests.portal.specialist import moments
from tests.portal.specialist.conftest import signed_in
from tests.recorded import full

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
WORK = {
    moments.registering: "company specialist",
    moments.collecting: "documents questionnaires contacts meetings notes timeline preview waive remind",
    moments.listing: "requirements requirement_threads",
    moments.verifying: "verification move hold",
    moments.paying: "agreement invoice",
    moments.planning: "plan",
    moments.preparing: "setup",
    moments.connecting: "connections",
    moments.configuring: "solution flows blueprint",
    moments.testing: "pilot training",
    moments.launching: "go_live",
    moments.supporting: "support",
}


def addresses(cast: Cast, names: str) -> list[str]:
    """The workspace and these of its pages, with what stands below them."""
    reference = cast.engagement.reference
    found = [reverse(f"specialist:{name}", args=[reference]) for name in ["workspace", *names.split()]]
    if "questionnaires" in names:
        document = [reference, "solutions_definition"]
        found += [reverse(f"specialist:{name}", args=document) for name in ("questionnaire", "submissions")]
        found.append(reverse("specialist:answer", args=[*document, "objective"]))
        found += [reverse("specialist:document", args=[one.uuid]) for one in cast.engagement.documents.all()[:1]]
    if "verification" in names:
        found.append(reverse("specialist:step", args=[reference, 3]))
    if "requirements" in names:
        found += [reverse("specialist:requirement", args=[reference, 1])]
    if "flows" in names or "pilot" in names:
        found += [reverse("specialist:flow", args=[reference, one.pk]) for one in cast.engagement.flows.all()]
    return found


def test_recorded_meetings(browser: Browser) -> None:
    cast = moments.collecting()
    transcript = full(cast.engagement, owner=cast.owner, specialist=cast.specialist)
    reference = cast.engagement.reference
    paths = [reverse(f"specialist:{name}", args=[reference]) for name in ("workspace", "meetings", "follow_ups")]
    paths.append(reverse("specialist:transcript", args=[reference, transcript.meeting_id]))

    assert Screen(browser, signed_in(Role.LEAD)).walk(paths) == {}


def test_specialists(browser: Browser) -> None:
    casts = {moment: moment() for moment in WORK}
    screen = Screen(browser, signed_in(Role.LEAD))
    paths = [reverse(f"specialist:{name}") for name in ("board", "list", "reviews", "flows_queue")]
    for moment, cast in casts.items():
        paths += addresses(cast, WORK[moment])

    assert screen.walk(paths) == {}


def test_finance(browser: Browser) -> None:
    cast = moments.paying()
    bank.banked(cast)
    entries = [reverse("specialist:bank_entry", args=[one.pk]) for one in BankEntry.objects.all()]
    queues = [reverse(f"specialist:{name}") for name in ("bank", "bank_statements", "bank_second")]

    assert Screen(browser, signed_in(Role.FINANCE)).walk([*queues, f"{queues[0]}?state=all", *entries]) == {}


DOORS = (
    "/account/login/ /account/login/code/ /account/password/reset/ /account/password/reset/done/ "
    "/account/password/reset/key/1-a-b/ /account/password/reset/key/done/ /account/inactive/ /register/ /verify/ "
    "/gallery/"
).split()
MINE = (
    "/account/ /account/email/ /account/password/change/ /account/logout/ /account/2fa/ /account/2fa/totp/activate/ "
    "/account/2fa/webauthn/add/ /account/2fa/recovery-codes/generate/ /account/2fa/webauthn/ /companies/"
).split()


def test_visitors(browser: Browser) -> None:
    screen = Screen(browser, Client())
    wrong = screen.walk(DOORS)
    screen.open("/join/nobody-has-this/", status=410)
    wrong |= {"gone": screen.faults()}
    screen.open("/account/login/")
    screen.tab.get_by_role("button", name="Sign in", exact=True).click()
    screen.tab.wait_for_selector("#error-summary")
    screen.tab.evaluate(AT_ONCE)

    assert wrong | {"refused": screen.faults()} == {"gone": [], "refused": []}


def test_programmers(browser: Browser) -> None:
    """The API's page with one operation to ask and one to send unfolded, ready to be tried; all others are folded."""
    screen = Screen(browser, Client())
    screen.open("/api/v1/docs/")
    screen.tab.wait_for_selector(".opblock")
    for kind in ("get", "post"):
        operation = screen.tab.locator(f".opblock-{kind}").first
        operation.locator(".opblock-summary-control").click()
        operation.locator(".try-out__btn").click()
    screen.tab.wait_for_selector(".opblock-post .microlight[tabindex]")

    assert screen.faults() == []


def test_somebody_whose_company_is_here_already(browser: Browser) -> None:
    Client().post("/register/", REGISTRATION)
    client = Client()
    client.post("/register/", REGISTRATION | {"owner_email": "noah@kingfisher.example"})

    assert Screen(browser, client).walk(["/register/ask/"]) == {}


def test_doors_half_open(browser: Browser) -> None:
    """Invited, waiting for a mailed code, waiting for the second factor."""
    company, user, staff = CompanyFactory(name="Kingfisher"), give_password(UserFactory()), SpecialistFactory().user
    members.invite(
        company.pk, email="n@kingfisher.example", name="Nina", roles=["billing"], by=owner(company), at=now()
    )
    for one in (user, staff):
        EmailAddress.objects.create(user=one, email=one.email, verified=True, primary=True)
    totp.TOTP.activate(give_password(staff), totp.generate_totp_secret())
    invited, coded, proving = Client(), Client(), Client()
    coded.post("/account/login/code/", {"email": user.email})
    sign_in(proving, staff)
    doors = (
        (invited, str(Message.objects.get(kind="member.invited").path)), (coded, "/account/login/code/confirm/"),
        (proving, "/account/2fa/authenticate/"),
    )  # fmt: skip

    assert [Screen(browser, client).walk([path]) for client, path in doors] == [{}, {}, {}]


def test_people_signed_in(browser: Browser) -> None:
    user = give_password(UserFactory(name="Maria Fernández de la Vega-Hohenstein", time_zone="America/New_York"))
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    for name in ("Kingfisher Trading Inc", moments.LONG_NAME):
        MemberFactory(company=CompanyFactory(name=name), user=user)
    client = Client()
    sign_in(client, user)

    assert Screen(browser, client).walk(MINE) == {}


def test_the_back_office(browser: Browser) -> None:
    client = signed_in(Role.LEAD)
    User.objects.filter(pk=client.session["_auth_user_id"]).update(is_superuser=True, is_staff=True)

    assert Screen(browser, client).walk(["/admin/"]) == {}


@pytest.mark.parametrize(("status", "view"), [(400, bad_request), (403, permission_denied), (404, page_not_found)])
def test_error_pages(browser: Browser, status: int, view: Callable[..., HttpResponse], rf: RequestFactory) -> None:
    screen = Screen(browser, Client())
    screen.show(view(rf.get("/nowhere/"), Exception()).content.decode())

    assert screen.faults() == []


def test_the_page_for_our_own_failures(browser: Browser, rf: RequestFactory) -> None:
    screen = Screen(browser, Client())
    screen.show(server_error(rf.get("/nowhere/")).content.decode())

    assert screen.faults() == []
