"""Engagements at telling moments, in several steps: what a specialist's pages look like when there is work on them."""

from __future__ import annotations

from onboarding.actions import documents, engagements, questionnaires, setup_tasks
from onboarding.workflow.steps import Step
from tests.file_checks import found_clean
from tests.journey import journey, phase_one, phase_two
from tests.journey.cast import Cast, upload

LONG_NAME = "Vereinigte Norddeutsche Maschinenbau- und Förderanlagengesellschaft Müller & Søhne GmbH & Co. KG"
FAILURE = {
    "source_id": "001Hs00002AbCdE", "name": "Société des Ateliers de l’Horlogerie du Haut-Jura", "outcome": "failed",
    "trouble": {
        "code": "6240", "retry_helps": False, "words": "Another customer of the books already has this name.", "who_can_fix": "specialist",
        "what_to_do": "Rename one of the two, or bind them by hand.",
    },
}  # fmt: skip


def collecting() -> Cast:
    """Step II: one document to review, the other half answered, a file to read, a name longer than any column."""
    cast = journey(Step.DATA_COLLECTION, name=LONG_NAME)
    row = phase_one.answered(cast, "solutions_definition")
    questionnaires.submit(row.pk, by=cast.owner, at=cast.later())
    phase_one.answered(cast, "technical_details", most=9)
    first = cast.engagement.document_requests.first()
    sent = documents.upload(
        cast.engagement.pk, kind="customer_document",
        upload=upload("chart-of-accounts-2026_final_version-corrected-by-finance-department.csv"),
        request_id=first.pk, by=cast.owner, at=cast.later(),
    )  # fmt: skip
    found_clean(sent, at=cast.later(0.1))
    text = "Their bookkeeper leaves at year's end.\n\nAsk Maria who follows before the verification."
    engagements.note(cast.engagement.pk, text=text, by=cast.specialist, at=cast.later())
    return cast


def listing() -> Cast:
    """Step III: requirements to sign off."""
    cast = journey(Step.REQUIREMENTS_REVIEW, name="Kingfisher Trading Inc")
    phase_one.listed(cast)
    return cast


def verifying() -> Cast:
    """Step IV: every check still to decide."""
    return journey(Step.CUSTOMER_VERIFICATION, name="Blue Ridge Outfitters LLC")


def paying() -> Cast:
    """Step V: to countersign, and half paid."""
    cast = journey(Step.CUSTOMER_APPROVAL, name="Meadow & Finch Ltd")
    phase_one.signed(cast)
    phase_one.part_paid(cast)
    return cast


def planning() -> Cast:
    """Step VI: a plan the customer has to agree to."""
    cast = journey(Step.PLAN_TIMELINE, name="Harbour Lights Ltd")
    phase_one.proposed(cast)
    return cast


def preparing() -> Cast:
    """Step VII: one task of the set-up done."""
    cast = journey(Step.INITIAL_SETUP, name="Alder Instruments Inc")
    task = cast.engagement.setup_tasks.first()
    setup_tasks.mark_done(task.pk, note="Created, visible for the user", by=cast.owner, at=cast.later())
    return cast


def connecting() -> Cast:
    """Step VIII: one side proven, the other broken at a rung."""
    cast = journey(Step.CONNECTIVITY_SETUP, name="Northwind Packaging Corp")
    phase_two.checked(cast, phase_two.given(cast, "crm"))
    phase_two.checked(cast, phase_two.given(cast, "finance"), broken="write")
    return cast


def configuring() -> Cast:
    """Step IX: a blueprint to confirm."""
    cast = journey(Step.SOLUTION_CONFIGURATION, name="Orchard Foods LLC")
    phase_two.drawn(cast)
    return cast


def testing() -> Cast:
    """Step X: a test that failed, a pilot with feedback, a training held."""
    cast = journey(Step.ACTIVATION_TESTING, name="Cobalt Dental Supply Inc")
    phase_two.tried(cast, passed=False)
    phase_two.piloted(cast)
    phase_one.met(cast, "training", topic="Day to day with the integration")
    return cast


def launching() -> Cast:
    """Step XI: cut over, a run with a failed record."""
    cast = journey(Step.GO_LIVE, name="Sable Aerospace Ltd")
    phase_two.launched(cast)
    phase_two.ran(cast, failures=[FAILURE])
    return cast


def supporting() -> Cast:
    """Step XII: live."""
    return journey(Step.CONTINUOUS_SUPPORT, name="Acme Industrial Supplies Ltd")


def registering() -> Cast:
    """Step I of a company whose registration waits for acceptance, and on hold."""
    cast = journey(name="Juniper Freight Inc", state="pending", decided_at=None, decided_by="")
    cast.fresh()
    return cast
