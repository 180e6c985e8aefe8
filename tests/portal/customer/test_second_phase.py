"""Set-up, connections, registration, blueprint, pilot, training, go-live and support at the browser."""

from __future__ import annotations

import pytest
from django.test import Client

from onboarding.actions import connections
from onboarding.models import Connection, FeedbackItem, TrainingSignoff
from onboarding.workflow.steps import Step
from tests.journey import journey, phase_two
from tests.journey.cast import Cast
from tests.portal.customer.conftest import said, signed_in

pytestmark = pytest.mark.django_db
SECRETS = {"my_domain": "https://acme.my.salesforce.com", "consumer_key": "3MVGkey", "consumer_secret": "s3cr3t-value"}


@pytest.fixture
def connecting(db) -> Cast:
    return journey(Step.CONNECTIVITY_SETUP)


def test_a_task_is_done_with_words_and_opened_again() -> None:
    cast = journey(Step.INITIAL_SETUP)
    client, task = signed_in(cast), cast.engagement.setup_tasks.first()
    path = f"/setup/tasks/{task.pk}/"

    silent = client.post(path, {"note": " "})
    done = client.post(path, {"note": "Created on Account."})
    unexplained = client.post(f"{path}reopen/", {"reason": ""})
    reopened = client.post(f"{path}reopen/", {"reason": "It was the sandbox."})

    assert silent.status_code == 422
    assert said(done) == f"Done: {task.title}."
    assert (unexplained.status_code, said(reopened)) == (422, "The task is open again.")
    page = client.get("/setup/").content.decode()
    assert "Create them for me" not in page, "nothing is connected yet"
    assert client.get("/setup/progress/").status_code == 286


def test_credentials_go_in_and_never_come_out(connecting: Cast) -> None:
    client = signed_in(connecting)
    opened = client.post("/connections/", {"side": "crm", "environment": "production"})
    path = opened.headers["Location"]

    missing = client.post(path, SECRETS | {"consumer_secret": ""})
    given = client.post(path, SECRETS)
    page = client.get(path).content.decode()

    assert (missing.status_code, 'value="https://acme.my.salesforce.com"' in missing.content.decode()) == (422, True)
    assert "3MVGkey" not in missing.content.decode(), "what was typed as a secret is not sent back"
    assert said(given) == "Credentials stored, sealed for this connection. We are checking them now."
    assert ("3MVGkey" in page, "s3cr3t-value" in page) == (False, False)
    assert "What is stored can be replaced, never shown." in page
    assert "Connect Salesforce (production)" not in client.get("/connections/").content.decode()


def test_the_ladder_is_polled_until_the_climb_is_over(connecting: Cast) -> None:
    connection = phase_two.given(connecting, "crm")
    client, path = signed_in(connecting), f"/connections/{connection.pk}/ladder/"

    waiting = client.get(path)
    phase_two.checked(connecting, connection, broken="rights")
    over = client.get(path)

    assert (waiting.status_code, 'hx-trigger="every 1s"' in waiting.content.decode()) == (200, True)
    page = over.content.decode()
    assert (over.status_code, "hx-trigger" in page) == (286, False)
    assert "An administrator of yours" in page
    assert "1-66f0c2" in page


def test_a_check_is_stopped_and_asked_for_again(connecting: Cast) -> None:
    connection = phase_two.given(connecting, "crm")
    client, path = signed_in(connecting), f"/connections/{connection.pk}/check/"

    stopped, nothing = client.post(f"{path}stop/"), client.post(f"{path}stop/")
    again = [client.post(path).status_code for _ in range(2)]

    assert (said(stopped), nothing.status_code) == ("The check is stopped.", 409)
    assert (again, connection.checks.filter(state="queued").count()) == ([302, 302], 1)


def test_disconnecting_asks_why(connecting: Cast, elsewhere: Client) -> None:
    connection = phase_two.given(connecting, "crm")
    client, path = signed_in(connecting), f"/connections/{connection.pk}/disconnect/"

    assert elsewhere.post(path, {"disconnect-reason": "Mine now."}).status_code == 404
    assert client.post(path, {"disconnect-reason": ""}).status_code == 422
    assert said(client.post(path, {"disconnect-reason": "New user."})) == "Disconnected. The stored secret is wiped."
    assert Connection.objects.get(pk=connection.pk).secret == ""
    assert "This system is disconnected." in client.get(f"/connections/{connection.pk}/").content.decode()


def test_a_consent_that_was_cancelled_is_told(connecting: Cast) -> None:
    finance = connections.open(
        connecting.engagement.pk, side="finance", environment="production", by=connecting.owner, at=connecting.at
    )

    reply = signed_in(connecting).get("/connections/quickbooks/callback/?state=nobody&error=access_denied")

    assert reply.status_code == 404
    assert Connection.objects.get(pk=finance.pk).state == "new"


def test_the_company_registers_once_and_confirms_what_it_read() -> None:
    cast = journey(Step.SOLUTION_CONFIGURATION)
    client = signed_in(cast)
    form = {
        "workspace": "acme-trading", "administrator_name": "Maria", "administrator_email": "maria@acme.example",
        "time_zone": "America/New_York", "base_currency": "USD", "fiscal_year_starts": "4",
    }  # fmt: skip

    wrong = client.post("/registration/", form | {"workspace": "-a"})
    page = wrong.content.decode()
    assert (wrong.status_code, 'value="-a"' in page, 'value="maria@acme.example"' in page) == (422, True, True)
    phase_two.drawn(cast)
    stale = client.post("/blueprint/", {"sha256": "0" * 64})
    right = client.post("/blueprint/", {"sha256": cast.engagement.blueprints.get().sha256})

    assert (stale.status_code, said(right)) == (409, "Blueprint confirmed. Testing can begin.")
    assert said(client.post("/registration/", form)) == "Registration corrected."
    assert "a colon becomes a dash, cut to 100 characters" in client.get("/blueprint/").content.decode()


def test_the_pilot_is_accepted_when_every_problem_is_resolved() -> None:
    cast = journey(Step.ACTIVATION_TESTING)
    phase_two.tried(cast, passed=False)
    phase_two.piloted(cast)
    client = signed_in(cast)

    silent = client.post("/pilot/", {"text": "", "severity": "problem"})
    told = client.post("/pilot/", {"text": "It is slow.", "severity": "problem"})
    page = client.get("/pilot/").content.decode()
    early = client.post("/pilot/accept/", {"conclusion": ""})

    assert (silent.status_code, said(told)) == (422, "Thank you. Your specialist has it now.")
    assert "1 reported problem is resolved first; then the pilot can be accepted." in page
    assert "Accept the pilot" not in page
    assert early.status_code == 409
    FeedbackItem.objects.filter(text="It is slow.").delete()
    assert said(client.post("/pilot/accept/", {"conclusion": "Fine."})) == "Pilot accepted."
    _train(cast, client)
    flow = cast.engagement.flows.get()
    assert "Not passed" in client.get(f"/flows/{flow.pk}/").content.decode()
    assert client.get(f"/flows/{flow.pk}/test/").status_code == 286


def _train(cast: Cast, client: Client) -> None:
    """The sign-off is offered once a session was held."""
    before = client.get("/training/").content.decode()
    early = client.post("/training/", {"statement": "Ready."})
    phase_two.met(cast, "training", topic="Day to day")
    after = client.get("/training/").content.decode()
    signed = client.post("/training/", {"statement": "Ready."})

    assert ("Sign the training off" in before, early.status_code) == (False, 409)
    assert ("Sign the training off" in after, said(signed)) == (True, "Training signed off.")
    assert TrainingSignoff.objects.get().statement == "Ready."
    assert client.get("/training/astrology/").status_code == 404


def test_go_is_offered_when_the_checklist_holds() -> None:
    cast = journey(Step.GO_LIVE)
    client = signed_in(cast)
    before = client.get("/go-live/").content.decode()

    early = client.post("/go-live/", {"decision": "go", "comment": ""})
    silent = client.post("/go-live/", {"decision": "no-go", "comment": ""})
    for side in ("crm", "finance"):
        phase_two.checked(cast, phase_two.given(cast, side))
    after = client.get("/go-live/").content.decode()
    go = client.post("/go-live/", {"decision": "go", "comment": "Ready."})

    assert ('value="go"' in before, 'value="no-go"' in before) == (False, True)
    assert (early.status_code, silent.status_code) == (409, 422)
    assert "Say what stands in the way." in silent.content.decode()
    assert ('value="go"' in after, said(go)) == (True, "Your decision is recorded.")
    decided = client.get("/go-live/").content.decode()
    assert ('value="go"' in decided, "Take your go back" in decided) == (False, True), "go is not said twice"
    assert "salesforce" not in decided, "a checklist tells no codes"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/connections/", "Connections open in step VII"),
        ("/setup/", "Nothing to prepare yet"),
        ("/registration/", "Registration opens in step IX"),
        ("/flows/", "No flows yet"),
        ("/blueprint/", "The blueprint is not made yet"),
        ("/pilot/", "The pilot has not started yet"),
        ("/training/", "No session yet"),
        ("/go-live/", "Go-live opens in step XI"),
        ("/support/", "Support begins after go-live"),
        ("/agreement/", "The agreement is not issued yet"),
        ("/invoice/", "The invoice is not issued yet"),
        ("/plan/", "The plan is not made yet"),
        ("/requirements/", "No requirements yet"),
        ("/steps/8/", "This step has not started yet"),
    ],
)
def test_a_room_that_is_empty_says_what_will_be_here(welcome: Cast, path: str, words: str) -> None:
    reply = signed_in(welcome).get(path)

    assert (reply.status_code, words in reply.content.decode()) == (200, True)


def test_the_timeline_goes_back_page_by_page(connecting: Cast, django_assert_num_queries) -> None:
    client = signed_in(connecting)
    first = client.get("/timeline/")
    with django_assert_num_queries(9):
        client.get("/timeline/")

    older = client.get(f"/timeline/?before={first.context['older']}")

    numbers = [event["number"] for reply in (first, older) for event in reply.context["events"]]
    assert len(first.context["events"]) == 50
    assert numbers == sorted(numbers, reverse=True)
    assert client.get("/timeline/?before=x").status_code == 200


def test_a_closed_step_shows_its_evidence(connecting: Cast) -> None:
    page = signed_in(connecting).get("/steps/5/").content.decode()

    assert "Evidence" in page
    assert "Sign the Master Services Agreement" in page
    assert "<time datetime=" in page
    assert signed_in(connecting).get("/steps/13/").status_code == 404
