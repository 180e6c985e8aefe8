"""One engagement of the second phase with both systems at the stand-ins, by the real actions and the real clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.timezone import now

from integrations import consents, registry, tasks
from onboarding.actions import connections, flows, setup_tasks, solutions
from onboarding.actors import Actor
from onboarding.models import CheckRun, Connection, Engagement, Flow, SetupRun
from onboarding.workflow.steps import Step
from tests.factories import EngagementFactory, owner, specialist
from tests.integrations.sandbox_fixture import RunningSandbox

FLOW = "account_to_customer"


@dataclass(frozen=True)
class Stage:
    """Who acts, on what, against which tenants of the stand-ins."""

    sandbox: RunningSandbox
    org: dict[str, Any]
    books: dict[str, Any]
    engagement: Engagement
    customer: Actor
    specialist: Actor

    # --- Connecting ---

    def connect_crm(self, **values: str) -> Connection:
        """The CRM with its credentials; further values take the place of the true ones."""
        crm = self.opened("crm")
        given = registry.system("salesforce").cleaned({**self.org, **values})
        return connections.give_credentials(
            crm.pk,
            values={name: given[name] for name in ("consumer_key", "consumer_secret")},
            public={"my_domain": given["my_domain"]},
            by=self.customer,
            at=now(),
        )

    def connect_finance(self, realm_id: str = "") -> Connection:
        """The books, by consent on the stand-in's own page."""
        finance = self.opened("finance")
        url = consents.begin(finance.pk, by=self.customer, at=now())
        back = self.sandbox.consent(url, realm_id=realm_id or self.books["realm_id"])
        return consents.finish(
            state=back["state"], code=back["code"], realm_id=back["realmId"], by=self.customer, at=now()
        )

    def opened(self, side: str) -> Connection:
        return connections.open(self.engagement.pk, side=side, environment="production", by=self.customer, at=now())

    # --- Running what is queued, as a worker would ---

    def check(self, connection: Connection) -> CheckRun:
        """The open check of the connection, or a new one, run to its end."""
        run = connections.check(connection.pk, reason="test", by=self.customer, at=now())
        tasks.run_check(check_id=run.pk)
        run.refresh_from_db()
        return run

    def prepare(self, workstream: str) -> SetupRun:
        run = setup_tasks.start_run(self.engagement.pk, workstream=workstream, by=self.customer, at=now())
        tasks.run_setup(run_id=run.pk)
        run.refresh_from_db()
        return run

    def configured(self) -> Flow:
        """Both systems connected, prepared and proven; the flow on, its mapping checked and configured."""
        for connection in (self.connect_crm(), self.connect_finance()):
            self.prepare(connection.side)
            self.check(connection)
        self.at_step(Step.SOLUTION_CONFIGURATION)
        solutions.select(self.engagement.pk, solution="salesforce_quickbooks_online", by=self.specialist, at=now())
        flow = Flow.objects.get(engagement=self.engagement, code=FLOW)
        flows.set_direction(flow.pk, direction="crm_to_finance", by=self.specialist, at=now())
        check = flows.check_mapping(flow.pk, by=self.specialist, at=now())
        tasks.run_mapping_check(check_id=check.pk)
        return flows.configure(flow.pk, by=self.specialist, at=now())

    def at_step(self, step: Step) -> None:
        """Stand in a step without its criteria: this stage is about runs, not about moving."""
        Engagement.objects.filter(pk=self.engagement.pk).update(step=step.value)

    # --- What the stand-ins hold ---

    def created(self, vendor: str, name: str) -> int:
        """How many records of a kind were made through the API."""
        tenant = self.org["org_id"] if vendor == "salesforce" else self.books["realm_id"]
        return int(self.sandbox.state(vendor, tenant)["created"].get(name, 0))


def staged(sandbox: RunningSandbox, step: Step = Step.CONNECTIVITY_SETUP) -> Stage:
    engagement = EngagementFactory(step=step.value)
    customer = owner(engagement.company)
    with transaction.atomic():  # a starter runs inside the move's transaction
        setup_tasks.open_for(engagement, by=customer, at=now())
    return Stage(
        sandbox=sandbox,
        org=sandbox.new_org("Acme Widgets"),
        books=sandbox.new_company("Acme Widgets Books"),
        engagement=engagement,
        customer=customer,
        specialist=specialist(),
    )
