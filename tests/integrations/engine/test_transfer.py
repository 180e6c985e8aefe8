"""Moving accounts to customers between the stand-ins: once each, resumable, bound on both sides."""

from collections import Counter
from dataclasses import replace

import pytest

from integrations import registry
from integrations.engine.errors import TemporaryFailure
from integrations.engine.transfer import Flow, MemoryLedger, Transfer, create_key

FLOW = "account_to_customer"


@pytest.fixture
def flow() -> Flow:
    return registry.flow(FLOW)


@pytest.fixture
def transfer(prepared, crm, finance, flow):
    def transfer(ledger: MemoryLedger, **more) -> Transfer:
        ends = {"source": crm, "target": finance, "scope": "c1", "pause": lambda _: None, **more}
        return Transfer(flow, ledger=ledger, **ends)

    return transfer


@pytest.fixture
def account(crm):
    """An account of our own in the CRM, as the engine reads it."""

    def account(**values):
        record_id = crm.create("Account", {"Name": "Harbour Chandlers", **values}, key="unused")
        return crm.read("Account", record_id)

    return account


def test_a_new_account_becomes_a_customer_bound_on_both_sides(transfer, account, crm, finance):
    ledger, record = MemoryLedger(), account(Phone="617-555-0101", BillingCountry="France")

    outcome = transfer(ledger).move(record)

    customer = finance.read("Customer", outcome.target_id)
    told = crm.read("Account", record.id).values
    assert (outcome.state, outcome.is_good, ledger.bindings) == ("created", True, {record.id: outcome.target_id})
    assert (customer.values["DisplayName"], customer.values["BillAddr.Country"], customer.values["AccountID"]) == (
        "Harbour Chandlers",
        "FRA",
        record.id,
    )
    assert (told["QB_Customer_Id__c"], told["QB_Full_Name__c"]) == (outcome.target_id, "Harbour Chandlers")
    assert told["QB_LastModified__c"]


def test_moving_it_again_changes_nothing(*, transfer, account, crm, sandbox, org, books):
    record = account(Phone="617-555-0101")
    transfer(MemoryLedger()).move(record)
    before = sandbox.state("quickbooks", books["realm_id"])["calls"].get("POST customer")
    touched = crm.read("Account", record.id)

    outcome = transfer(MemoryLedger()).move(touched)

    assert (outcome.state, outcome.is_good) == ("unchanged", True)
    assert sandbox.state("quickbooks", books["realm_id"])["calls"].get("POST customer") == before
    assert crm.read("Account", record.id) == touched


def test_only_what_differs_is_sent(transfer, account, crm, finance):
    record = account(Phone="617-555-0101", BillingStreet="1 Quay", BillingCity="Boston")
    target_id = transfer(MemoryLedger()).move(record).target_id
    crm.update("Account", record.id, {"BillingCity": "Salem"})

    outcome = transfer(MemoryLedger()).move(crm.read("Account", record.id))

    there = finance.read("Customer", target_id).values
    assert (outcome.state, there["BillAddr.City"], there["BillAddr.Line1"], there["SyncToken"]) == (
        "updated",
        "Salem",
        "1 Quay",
        "1",
    )


def test_a_customer_of_the_same_name_is_bound_not_doubled(transfer, account, finance, sandbox, books):
    there = finance.create("Customer", {"DisplayName": "Harbour Chandlers"}, key="by hand")

    outcome = transfer(MemoryLedger()).move(account(Phone="617-555-0101"))

    assert (outcome.state, outcome.target_id, finance.read("Customer", there).values["AccountID"]) == (
        "updated",
        there,
        outcome.source_id,
    )


def test_a_second_account_of_the_same_name_is_refused(transfer, account):
    ledger = MemoryLedger()
    move = transfer(ledger).move
    first, second = move(account()), move(account())

    assert (first.state, second.state, second.trouble["class"], second.trouble["who_can_fix"]) == (
        "created",
        "failed",
        "duplicate",
        "specialist",
    )
    assert len(ledger.bindings) == 1


def test_without_a_custom_field_the_ledger_tells_whose_name_it_is(transfer, account, sandbox, books, flow):
    sandbox.fault("quickbooks", books["realm_id"], "no_custom_fields")
    ledger = MemoryLedger()
    transfer_to = registry.connector(
        "quickbooks_online", transfer(ledger).target.company.tokens
    )  # a connection that has not seen the field
    move = transfer(ledger, target=transfer_to).move

    first, second = move(account()), move(account())

    assert (first.state, first.is_good, second.trouble["class"]) == ("created", True, "duplicate")
    assert "AccountID" not in [entry.target for entry in first.fields]


def test_an_account_without_a_required_value_is_refused(transfer, account):
    outcome = transfer(MemoryLedger()).move(replace(account(), values={"Name": " "}))

    assert (outcome.state, outcome.trouble["class"], outcome.trouble["vendor_message"]) == (
        "failed",
        "required_missing",
        "DisplayName",
    )


def test_a_customer_out_of_use_is_left_alone(transfer, account, crm, finance):
    record = account()
    target_id = transfer(MemoryLedger()).move(record).target_id
    finance.remove("Customer", target_id)

    outcome = transfer(MemoryLedger()).move(crm.read("Account", record.id))

    assert (outcome.state, [notice.kind for notice in outcome.notices], outcome.is_good) == (
        "skipped",
        ["inactive"],
        False,
    )


def test_an_account_marked_as_inactive_stays_out(transfer, account, sandbox, books):
    mover, record = transfer(MemoryLedger()), account(Active__c="No")

    moved, foreseen = mover.move(record), mover.foresee(record)

    assert [(entry.state, entry.notices[0].kind) for entry in (moved, foreseen)] == [("skipped", "not_taking_part")] * 2
    assert sandbox.state("quickbooks", books["realm_id"])["created"] == {}


def test_a_tie_to_a_customer_that_is_gone_is_made_anew(transfer, account):
    ledger, record = MemoryLedger(), account()
    ledger.bind(record.id, "99999")

    outcome = transfer(ledger).move(record)

    assert (outcome.state, ledger.bindings) == ("created", {record.id: outcome.target_id})


@pytest.mark.parametrize("fault", ["server_error_once", "lost_answer", "stale_next"])
def test_a_hiccup_of_the_target_doubles_nothing(fault, transfer, account, sandbox, books):
    record = account()
    mover = transfer(MemoryLedger())
    sandbox.fault("quickbooks", books["realm_id"], fault)

    outcome = mover.move(record)

    assert (outcome.is_good, sandbox.state("quickbooks", books["realm_id"])["created"]["Customer"]) == (True, 1)


def test_a_dry_run_foresees_and_writes_nothing(*, transfer, account, crm, finance, sandbox, org, books):
    mover = transfer(MemoryLedger())
    record, other = account(), account(Name="Other: Ltd")
    mover.move(record)
    moved = crm.read("Account", record.id)
    before = (sandbox.state("salesforce", org["org_id"]), sandbox.records("quickbooks", books["realm_id"], "Customer"))

    foreseen = [
        mover.foresee(entry)
        for entry in (
            moved,
            replace(moved, values={**moved.values, "Phone": "1"}),
            other,
            replace(other, values={"Name": ""}),
            replace(other, values={"Name": "Harbour Chandlers"}),
        )
    ]

    assert [entry.state for entry in foreseen] == ["unchanged", "would_update", "would_create", "failed", "failed"]
    assert [entry.trouble["class"] for entry in foreseen[3:]] == ["required_missing", "duplicate"]
    assert [notice.kind for notice in foreseen[2].notices] == ["strip_colons"]
    after = (sandbox.state("salesforce", org["org_id"]), sandbox.records("quickbooks", books["realm_id"], "Customer"))
    assert after[0]["created"] == before[0]["created"]
    assert after[1] == before[1]


@pytest.mark.parametrize("verb", ["move", "foresee"])
def test_a_broken_connection_is_not_the_records_fault(verb, transfer, account, sandbox, books):
    mover, record = transfer(MemoryLedger(bindings={})), account()
    mover.ledger.bind(record.id, "1")
    sandbox.fault("quickbooks", books["realm_id"], "throttle", count=50)

    with pytest.raises(TemporaryFailure):
        getattr(mover, verb)(record)


# --- Whole runs ---


def test_a_run_moves_everything_and_the_next_one_nothing(transfer, sandbox, books):
    ledger = MemoryLedger()

    first = transfer(ledger).run(batch=6)
    created = sandbox.state("quickbooks", books["realm_id"])["created"]["Customer"]
    after_ties = transfer(ledger).run(batch=6)  # our own notes on the accounts count as changes, once
    idle = transfer(ledger).run(batch=6)

    assert first == Counter(created=17, updated=2, failed=1)
    assert (created, len(ledger.bindings)) == (17, 19)
    assert set(after_ties) <= {"unchanged", "failed"}
    assert idle == Counter()
    assert sandbox.state("quickbooks", books["realm_id"])["created"]["Customer"] == created


def test_a_killed_run_goes_on_and_doubles_nothing(transfer, sandbox, books):
    class Killed(BaseException):
        pass

    class Dying(MemoryLedger):
        def bind(self, source_id: str, target_id: str) -> None:
            if len(self.bindings) == 4 and source_id not in self.bindings:
                raise Killed  # after the customer was made, before anybody noted it
            super().bind(source_id, target_id)

    dying = Dying()
    with pytest.raises(Killed):
        transfer(dying).run(batch=3)
    assert sandbox.state("quickbooks", books["realm_id"])["created"]["Customer"] == 5

    survivor = MemoryLedger(bindings=dict(dying.bindings), at=dying.at)
    transfer(survivor).run(batch=3)

    names = [row["DisplayName"] for row in sandbox.records("quickbooks", books["realm_id"], "Customer")]
    assert len(names) == len(set(names))
    assert len(set(survivor.bindings.values())) == len(survivor.bindings)


def test_a_broken_connection_stops_the_run_before_the_batch_is_done(transfer, sandbox, books):
    ledger = MemoryLedger()
    mover = transfer(ledger)
    sandbox.fault("quickbooks", books["realm_id"], "throttle", count=50)

    with pytest.raises(TemporaryFailure) as stopped:
        mover.run(batch=5)

    assert (stopped.value.code, ledger.at, ledger.outcomes) == ("rate_limited", None, [])


def test_a_cancelled_run_stops_between_two_records(transfer):
    ledger = MemoryLedger()

    states = transfer(ledger, cancelled=lambda: len(ledger.outcomes) >= 2).run(batch=5)

    assert (states.total(), ledger.at) == (2, None)


def test_a_run_may_be_limited(transfer):
    assert transfer(MemoryLedger()).run(batch=4, most=8).total() == 8


def test_an_outcome_as_json(transfer, account):
    record = account()
    outcome = transfer(MemoryLedger()).move(record).as_dict()

    assert (outcome["source_id"], outcome["name"], outcome["state"], outcome["trouble"]) == (
        record.id,
        "Harbour Chandlers",
        "created",
        None,
    )
    assert outcome["fields"][0] == {
        "source": "Name",
        "source_value": "Harbour Chandlers",
        "rule": "trim",
        "target": "DisplayName",
        "expected": "Harbour Chandlers",
        "actual": "Harbour Chandlers",
        "result": "match",
    }


def test_the_key_of_a_creation_depends_on_connection_flow_and_record(flow):
    keys = {create_key(flow, "001", scope=scope) for scope in ("a", "b")} | {create_key(flow, "002", scope="a")}

    assert len(keys) == 3
    assert create_key(flow, "001", scope="a") in keys
