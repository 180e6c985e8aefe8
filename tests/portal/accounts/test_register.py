"""“New Company? Please Register Here”: in, refused, twice, and asking to join."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from onboarding.models import Company, Engagement, JoinRequest, Member, Message, User
from tests.factories import CompanyFactory, MemberFactory, SpecialistFactory
from tests.portal.accounts.conftest import PASSWORD, REGISTRATION, Visitor

pytestmark = pytest.mark.django_db


def test_registers_proves_the_address_and_is_home(client: Client, mailed_code: Callable[[], str]) -> None:
    SpecialistFactory(role="lead")

    reply = client.post("/register/", REGISTRATION)

    assert (reply.status_code, reply["Location"]) == (302, "/account/confirm-email/")
    company = Company.objects.get()
    assert (company.state, company.mail_domain, company.currency) == ("pending", "kingfisher.example", "USD")
    assert Engagement.objects.get().company == company
    assert Member.objects.get().roles == ["owner", "signatory"]
    assert Message.objects.filter(kind="company.registered").count() == 1
    assert client.get("/").status_code == 302, "not in before the address is proven"
    reply = client.post("/account/confirm-email/", {"code": mailed_code()})
    assert reply["Location"] == "/"
    assert client.get("/").status_code == 200


def test_a_wrong_code_opens_nothing(client: Client) -> None:
    client.post("/register/", REGISTRATION)

    reply = client.post("/account/confirm-email/", {"code": "AAAA-AAA"})

    assert "Check the code" in reply.content.decode()
    assert client.get("/")["Location"].startswith("/account/login/")


def test_sent_twice_registers_once_and_goes_on(client: Client) -> None:
    client.post("/register/", REGISTRATION)

    again = Visitor().post("/register/", REGISTRATION)

    assert again["Location"] == "/account/confirm-email/"
    assert Company.objects.count() == 1


@pytest.mark.parametrize(
    "same",
    [
        {"registration_number": "C471108", "country": "US"},
        {"tax_id": "042103594", "country": "US"},
        {"owner_email": "someone.else@kingfisher.example"},
    ],
    ids=["number", "tax id", "domain"],
)
def test_a_company_that_is_here_is_not_registered_again(
    client: Client, same: dict[str, str], mailed_code: Callable[[], str]
) -> None:
    first = Visitor()
    first.post("/register/", REGISTRATION)
    first.post("/account/confirm-email/", {"code": mailed_code()})
    other = REGISTRATION | {
        "registration_number": "D 1", "tax_id": "", "owner_email": "otto@otter.example", "owner_name": "Otto",
    }  # fmt: skip

    reply = client.post("/register/", other | same)

    assert reply["Location"] == "/register/ask/"
    page = client.get("/register/ask/").content.decode()
    assert "registered already" in page
    assert "Kingfisher" not in page, "no more than that such a company is here"
    assert (Company.objects.count(), User.objects.count()) == (1, 1)


def test_asks_to_join_with_a_proven_address(
    client: Client, mailed_code: Callable[[], str], mailoutbox: list[EmailMessage]
) -> None:
    owner = MemberFactory(company=CompanyFactory(mail_domain="kingfisher.example"))
    client.post("/register/", REGISTRATION)
    asked = {"name": "Olivia Ortega", "email": "olivia@kingfisher.example", "password": PASSWORD}

    reply = client.post("/register/ask/", asked)

    assert reply["Location"] == "/account/confirm-email/"
    assert JoinRequest.objects.count() == 0, "nobody is asked in the name of an address that is not proven"
    assert client.post("/account/confirm-email/", {"code": mailed_code()})["Location"] == "/register/ask/"
    assert "ask" in client.get("/register/ask/").content.decode().lower()
    client.post("/register/ask/", {"message": "I do the books."})
    assert JoinRequest.objects.get().company == owner.company
    assert Message.objects.get(kind="member.join_requested").to == owner.user.email
    waiting = client.get("/")
    assert waiting.status_code == 403
    assert "Waiting for the owner" in waiting.content.decode()


def test_nobody_asks_without_having_met_a_company(client: Client) -> None:
    assert client.get("/register/ask/")["Location"] == "/register/"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": ""}, "Enter company name"),
        ({"country": "XX"}, "Choose one of the answers offered"),
        ({"owner_email": "olivia"}, "Enter an e-mail address"),
        ({"password": "geese"}, "at least 12 characters"),
        ({"password": "olivia@kingfisher.example"}, "too similar"),
        ({"time_zone": "Mars/Base"}, "Choose one of the answers offered"),
        ({"solution": ""}, "Choose an answer"),
    ],
)
def test_says_what_to_mend_and_keeps_the_rest(client: Client, wrong: dict[str, str], words: str) -> None:
    reply = client.post("/register/", REGISTRATION | wrong)

    page = reply.content.decode()
    assert reply.status_code == 422
    assert words in page
    assert "<title>Error:" in page
    assert 'value="1 Harbour Road"' in page
    assert PASSWORD not in page
    assert Company.objects.count() == 0


def test_an_address_that_signs_in_already_is_said_at_its_field(client: Client) -> None:
    User.objects.create_user("olivia@kingfisher.example", PASSWORD, name="Olivia")

    reply = client.post("/register/", REGISTRATION)

    assert reply.status_code == 422
    assert "#id_owner_email" in reply.content.decode()
    assert Company.objects.count() == 0


def test_registering_is_rate_limited(client: Client) -> None:
    statuses = [client.post("/register/", {"name": ""}).status_code for _ in range(11)]

    assert statuses == [422] * 10 + [429]


def test_the_tax_number_is_called_as_in_the_country(client: Client) -> None:
    assert (
        client.get("/register/tax-number/?country=AU").content.decode() == "In Australia: ABN, such as 12 345 678 012."
    )
    assert "depends on the country" in client.get("/register/tax-number/?country=<b>").content.decode()


def test_there_is_no_bare_sign_up(client: Client) -> None:
    reply = client.post("/account/signup/", {"email": "x@y.example", "password1": PASSWORD})

    assert reply["Location"] == "/register/"
    assert User.objects.count() == 0
