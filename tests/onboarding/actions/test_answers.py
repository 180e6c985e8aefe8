"""What a questionnaire starts from, and what no answer may be: by a form or by a program."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from onboarding import errors
from onboarding.actions import contacts, documents, questionnaires
from onboarding.models import Answer, Document, Engagement, Event, Questionnaire
from onboarding.queries import questionnaires as queries
from onboarding.workflow.steps import Step
from tests.factories import NOW, CompanyFactory, EngagementFactory, owner, specialist
from tests.journey.cast import upload

pytestmark = pytest.mark.django_db
NOBODYS = "3f2b8c1e-6a7d-4e0f-9b1a-2c3d4e5f6a7b"


def engagement(**fields: Any) -> Engagement:
    return EngagementFactory(step=Step.DATA_COLLECTION.value, **fields)


def opened(kind: str = "technical_details", version: int = 2, here: Engagement | None = None) -> Questionnaire:
    """Blank: nothing answered from the registration."""
    here = here or engagement()
    return Questionnaire.objects.create(company=here.company, engagement=here, kind=kind, schema_version=version)


def save(one: Questionnaire, question: str, value: Any, version: int | None = None) -> Answer:
    by = owner(one.company)
    return questionnaires.save_answer(one.pk, question=question, value=value, version=version, by=by, at=NOW)


def sent(here: Engagement, name: str = "account.csv") -> Document:
    return documents.upload(
        here.pk, kind="customer_document", upload=upload(name, name.encode()), by=owner(here.company), at=timezone.now()
    )


def test_what_registration_and_step_one_know_is_answered_already() -> None:
    here = engagement(solution="salesforce_quickbooks_online", deployment="on_premises", company=CompanyFactory(
        legal_name="Acme Industrial Supplies Ltd", time_zone="America/New_York", currency="CAD",
    ))  # fmt: skip
    person = {"name": "Tom Baker", "email": "tom@acme.example", "title": "", "phone": "+1 617 555 0142"}
    contacts.save(here.pk, kind="technical", **person, by=owner(here.company), at=NOW)

    questionnaires.open_for(here, by=specialist(), at=NOW)

    assert dict(Answer.objects.values_list("question", "value")) == {
        "time_zone": "America/New_York", "alerts_to": "tom@acme.example", "crm": "salesforce", "deployment": "on_premises",
        "finance": "quickbooks_online", "crm_admin": "tom@acme.example",
        "company_files": [{"name": "Acme Industrial Supplies Ltd", "currency": "CAD"}],
        "people_to_ask": [
            {"name": "Tom Baker", "email": "tom@acme.example", "about": "crm", "phone": "+1 617 555 0142"},
        ],
    }  # fmt: skip
    assert set(Answer.objects.values_list("by", "version")) == {("your registration", 1)}


def test_every_prefilled_answer_is_one_the_question_would_take() -> None:
    here = engagement(solution="salesforce_quickbooks_online")
    questionnaires.open_for(here, by=specialist(), at=NOW)

    for one in here.questionnaires.all():
        for line in (line for sheet in queries.sheet(one) for line in sheet.lines if line.is_answered):
            assert save(one, line.question.code, line.value).version == 1, line.question.code


def test_what_was_prefilled_is_changed_like_any_answer() -> None:
    here = engagement()
    questionnaires.open_for(here, by=specialist(), at=NOW)
    one = here.questionnaires.get(kind="technical_details")

    changed = save(one, "deployment", "on_premises", version=1)

    assert (changed.value, changed.version) == ("on_premises", 2)
    assert not queries.line(one, "deployment").is_prefilled


def test_nothing_is_asked_in_the_second_document_that_the_first_did_not_lead_to() -> None:
    here = engagement()
    first, second = opened("solutions_definition", here=here), opened(here=here)

    def asked() -> set[str]:
        return {line.question.code for sheet in queries.sheet(second) for line in sheet.lines}

    assert "multi_currency_on" not in asked()
    save(first, "multi_currency", True)

    assert "multi_currency_on" in asked()
    assert missing(second)["multi_currency_on"] == "Choose yes or no: is multicurrency switched on?"


def missing(one: Questionnaire) -> dict[str, str]:
    with pytest.raises(errors.BadInput) as refusal:
        questionnaires.submit(one.pk, by=owner(one.company), at=NOW)
    return refusal.value.fields


def test_half_a_row_is_kept_and_asked_for_at_submission() -> None:
    one = opened()

    kept = save(one, "custom_fields", [{"object": "account", "field": "Tier"}, {"field": "Region"}])

    assert kept.value == [{"object": "account", "field": "Tier"}, {"field": "Region"}]
    assert missing(one)["custom_fields"] == "Field 2: Choose the record."


@pytest.mark.parametrize(
    ("question", "value", "words"),
    [
        ("crm_users", "many", "Enter a whole number, such as 1200."),
        ("crm", "sugar", "Choose one of the answers."),
        ("payment_terms", ["net_30", "net_31"], "Choose from the answers."),
        ("crm_sandbox", "perhaps", "Choose yes or no."),
        ("books_closed_until", "31.12.2026", "Enter a date with day, month and year."),
        ("crm_admin", "ann@", "Enter an e-mail address like name@company.com."),
        ("crm_address", "ftp://x", "Enter a web address like https://company.my.salesforce.com."),
        ("proxy", "proxy", "Enter a host and a port like proxy.company.com:8080."),
        ("sleep_window", "half \ud83d of a face", "This text holds a broken character. Type it again."),
        ("sleep_window", b"\xff", "Enter a text."),
        ("custom_fields", [{"field": "a"}] * 1000, "Keep at most 30 rows: 1000 were given. A longer list can be a document."),
        ("custom_fields", [{"field": "a", "horoscope": "lion"}], "Field 1 has no column “horoscope”."),
        ("custom_fields", [{"field": "a" * 81}], "Field 1, Field: Enter at most 80 characters."),
        ("crm_screens", [NOBODYS], "Choose files that were sent here and not taken back."),
        ("crm_screens", "account.csv", "Choose files that were sent here."),
        ("horoscope", "lion", "This questionnaire has no such question."),
    ],
)  # fmt: skip
def test_an_answer_of_the_wrong_kind_is_refused_and_the_present_one_stays(
    question: str, value: Any, words: str
) -> None:
    one = opened()
    Answer.objects.create(
        company=one.company, questionnaire=one, question=question, value="as it was", by="Ann", at=NOW
    )  # fmt: skip

    with pytest.raises(errors.BadInput) as refusal:
        save(one, question, value)

    assert refusal.value.fields == {question: words}
    answer = Answer.objects.get()
    assert (answer.value, answer.version, answer.by, Event.objects.count()) == ("as it was", 1, "Ann", 0)


def test_four_thousand_characters_are_the_most() -> None:
    one = opened("solutions_definition")
    save(one, "objective", "x" * 4000)

    with pytest.raises(errors.BadInput):
        save(one, "objective", "y" * 4001)

    assert Answer.objects.get().value == "x" * 4000


def test_a_question_of_the_other_version_is_not_asked_here() -> None:
    old, new = opened("solutions_definition", 1), opened("solutions_definition", 2)

    for one, question in ((old, "success_measures"), (new, "success")):
        with pytest.raises(errors.BadInput) as refusal:
            save(one, question, "What we measure")
        assert refusal.value.fields == {question: "This questionnaire has no such question."}

    assert not Answer.objects.exists()


def test_a_choice_that_is_no_longer_offered_is_shown_but_not_taken_again() -> None:
    one = opened()
    Answer.objects.create(
        company=one.company, questionnaire=one, question="qbo_plan", value="self_employed", by="Ann", at=NOW
    )
    Answer.objects.create(
        company=one.company, questionnaire=one, question="finance", value="quickbooks_online", by="Ann", at=NOW
    )

    assert queries.line(one, "qbo_plan").shown == "self_employed"
    with pytest.raises(errors.BadInput):
        save(one, "qbo_plan", "self_employed")

    assert Answer.objects.get(question="qbo_plan").version == 1


def test_files_are_those_of_this_engagement_that_are_still_there() -> None:
    one = opened()
    mine, gone = sent(one.engagement), sent(one.engagement, "gone.csv")
    same_company = sent(engagement(company=one.company), "elsewhere.csv")
    strangers = sent(engagement())
    documents.withdraw(str(gone.uuid), by=owner(one.company), at=NOW)

    kept = save(one, "crm_screens", [str(mine.uuid)])
    for other in (gone, same_company, strangers):
        with pytest.raises(errors.BadInput) as refusal:
            save(one, "crm_screens", [str(mine.uuid), str(other.uuid)])
        assert refusal.value.fields == {"crm_screens": "Choose files that were sent here and not taken back."}

    assert (kept.value, Answer.objects.get().value, Answer.objects.get().version) == (
        [str(mine.uuid)],
        [str(mine.uuid)],
        1,
    )
    assert queries.line(one, "crm_screens").shown == ["account.csv"]


def test_a_file_that_was_taken_back_later_is_said_to_be() -> None:
    one = opened()
    mine = sent(one.engagement)
    save(one, "crm_screens", [str(mine.uuid)])

    documents.withdraw(str(mine.uuid), by=owner(one.company), at=NOW)

    assert queries.line(one, "crm_screens").shown == ["account.csv (taken back)"]
