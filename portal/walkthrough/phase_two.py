"""Steps VII to XII: from the prepared systems to continuous support."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from portal.walkthrough import meetings
from portal.walkthrough.browser import Failed
from portal.walkthrough.story import Story

ENVIRONMENT = "production"


def initial_setup(story: Story) -> None:
    """Step VII: both systems connected early, their fields made by the portal, the rest by hand."""
    for side in ("crm", "finance"):
        _connect(story, side)
        story.customer.send("/setup/", {}, to=f"/setup/runs/{side}/")
        story.customer.until(lambda: _prepared(story), f"the preparation of the {side}")
    for path in story.customer.open("/setup/").finds(r'href="(/setup/tasks/\d+/)"'):
        page = story.customer.open(path)
        if 'name="note"' in page.text:
            story.customer.send(path, {"note": "Done by hand in the product's own settings, checked by a colleague."})


def _prepared(story: Story) -> bool | None:
    """True once the page has no reason to look again."""
    return None if "/setup/progress/" in story.customer.open("/setup/").text else True


def _connect(story: Story, side: str) -> None:
    page = story.customer.send("/connections/", {"side": side, "environment": ENVIRONMENT})
    path = page.url.path
    if side == "crm":
        story.customer.send(path, story.systems.salesforce_credentials())
    else:
        story.systems.consent(story.customer, path)


def connectivity_setup(story: Story) -> None:
    """Step VIII: both ladders climbed by workers, the fields read back."""
    for path in story.customer.open("/connections/").finds(r'href="(/connections/\d+/)"'):
        story.customer.send(path, {}, to=f"{path}check/")
    for code in ("crm_connection.unproven", "finance_connection.unproven", "setup.unproven"):
        story.wait_for(code)


def solution_configuration(story: Story) -> None:
    """Step IX: registered, solution selected, flow mapped against both schemas, scanned, blueprint confirmed."""
    workspace = "".join(c for c in story.company.name.lower() if c.isalnum())[:40] + story.reference[-4:]
    story.customer.send("/registration/", {
        "workspace": workspace, "administrator_name": story.owner.name, "administrator_email": story.owner.email,
        "time_zone": "America/New_York", "base_currency": "USD", "fiscal_year_starts": "1",
    })  # fmt: skip
    story.specialist.act("solution", "select", solution="salesforce_quickbooks_online")
    flow = _flow(story)
    story.specialist.act(f"flows/{flow}", "set_direction", flow_id=flow, direction="crm_to_finance")
    story.specialist.act(f"flows/{flow}", "check_mapping", flow_id=flow)
    story.customer.until(lambda: _is_valid(story, flow), "the mapping held against both schemas")
    story.specialist.act(f"flows/{flow}", "configure", flow_id=flow)
    story.specialist.act(f"flows/{flow}", "start_scan", flow_id=flow)
    story.wait_for("readiness.unscanned")
    story.specialist.act("blueprint", "make")
    seen = story.customer.open("/blueprint/").hidden("sha256")
    story.customer.send("/blueprint/", {"sha256": seen})
    story.wait_for("blueprint.unconfirmed")


def _flow(story: Story) -> str:
    return story.specialist.open("flows").find(rf'href="/staff/engagements/{story.reference}/flows/(\d+)/"')


def _is_valid(story: Story, flow: str) -> bool | None:
    return True if "Valid against both live schemas" in story.specialist.open(f"flows/{flow}").text else None


def activation_testing(story: Story) -> None:
    """Step X: tested with real records, piloted with feedback resolved, trained."""
    flow = _flow(story)
    story.specialist.act(f"flows/{flow}", "start_test", flow_id=flow)
    story.wait_for("flows.untested")
    today = datetime.now(tz=UTC).date()
    story.specialist.act(
        "pilot", "open", starts_on=today.isoformat(), ends_on=(today + timedelta(days=14)).isoformat(),
        participants=f"{story.owner.name}\nJonas Meyer",
        scenarios="Create an account, change its phone number, rename it; find each change in QuickBooks.",
    )  # fmt: skip
    story.customer.send("/pilot/", {"text": "A renamed account kept its old name once.", "severity": "problem"})
    item = story.specialist.row("pilot", "resolve", "feedback_id")
    story.specialist.act("pilot", "resolve", feedback_id=item, resolution="The mapping reads the new name since today.")
    story.customer.send("/pilot/", {"conclusion": "We can work with it."}, to="/pilot/accept/")
    meetings.training(story, notes="Every feature was shown and tried.")
    story.customer.send("/training/", {"statement": "Our team was trained and can work with the integration."})


def go_live(story: Story) -> None:
    """Step XI: what the scan found is put right, credentials rotated and proven again, both sides say go, cut over, hypercare through."""
    paths = story.customer.open("/connections/").finds(r'href="(/connections/\d+/)"')
    story.systems.tell_namesakes_apart()
    story.systems.rotate_salesforce_secret()
    for path in paths:
        if "Salesforce" in story.customer.open(path).text:
            story.customer.send(path, story.systems.salesforce_credentials())
        else:
            story.systems.consent(story.customer, path)
    story.wait_for("final_setup.incomplete")
    story.specialist.act("go-live", "decide", is_go="yes", comment="Everything is proven.")
    story.customer.send("/go-live/", {"comment": "We are ready.", "decision": "go"})
    today = datetime.now(tz=UTC).date().isoformat()
    story.specialist.act("go-live", "cut_over", hypercare_until=today, hypercare_runs="2")
    account = f"Walkthrough Customer {story.reference}"
    story.systems.add_account(
        Name=account, Phone="+1 617 555 0177", BillingCity="Boston", BillingCountry="United States"
    )
    story.customer.until(lambda: _arrived(story, account), "the new account to be a customer in QuickBooks")
    story.wait_for("hypercare.open")


def _arrived(story: Story, name: str) -> bool | None:
    found = [one for one in story.systems.customers_in_books() if one.get("DisplayName") == name]
    if len(found) > 1:
        raise Failed(f"{name} is in QuickBooks {len(found)} times.")
    return True if found else None


def continuous_support(story: Story) -> None:
    """Step XII: the next check-in is on the calendar, the evidence pack is made."""
    story.wait_for("check_in.unscheduled")
    story.customer.until(lambda: _packed(story), "the evidence pack")


def _packed(story: Story) -> bool | None:
    made = [one for one in story.listed("documents/") if one["kind"] == "evidence_pack"]
    return True if any(one["is_ready"] for one in made) else None
