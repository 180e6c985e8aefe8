"""What the registry promises to faces, workers and the heart's library."""

import pytest

from integrations import registry
from integrations.engine.compare import RULES
from integrations.engine.connector import TYPES
from integrations.engine.errors import failure
from integrations.engine.mapping import parsed, validate
from integrations.quickbooks_online import errors as quickbooks
from integrations.salesforce import errors as salesforce
from integrations.salesforce.fields import metadata_of
from onboarding.library import flows, setup, solutions, test_cases
from tests.integrations.held_tokens import HeldTokens


def test_every_solution_of_the_library_can_be_reached():
    for solution in solutions.SOLUTIONS:
        assert (registry.system(solution.crm).side, registry.system(solution.finance).side) == ("crm", "finance")
        assert all(flows.flow(code).code == code for code in solution.flows)
        assert {solution.crm, solution.finance} <= set(solutions.SYSTEM_NAMES)
        assert solutions.solution(solution.code) is solution


@pytest.mark.parametrize("look_up", [registry.system, flows.flow, solutions.solution])
def test_an_unknown_code(look_up):
    with pytest.raises(KeyError):
        look_up("nothing")


@pytest.mark.parametrize("template", flows.FLOWS, ids=lambda template: template.code)
def test_a_flow_of_the_library_is_sound(template):
    for mapping in template.mappings:
        assert mapping.compare in RULES
        for step in mapping.transforms:
            assert parsed(step)[0].words
    assert template.mappings[0].as_dict() == {
        "source": "Name",
        "target": "DisplayName",
        "transforms": ["trim", "single_spaces", "strip_colons", "cut:100"],
        "required": True,
        "compare": "trim",
        "note": "QuickBooks refuses colons, names over 100 characters, and two customers of one name.",
        "if_present": False,
    }
    assert test_cases.cases_for(template.code)


@pytest.mark.parametrize("task", [task for task in setup.TASKS if task.field], ids=lambda task: task.code)
def test_a_field_of_the_library_can_be_made(task):
    assert task.field.type in (*TYPES, "checkbox")
    assert task.object == task.field.object
    assert task.instructions
    assert task.field.as_dict()["name"] == task.field.name
    if task.system == "salesforce":
        assert metadata_of(registry.wish(task.field))["label"] == task.field.label


def test_the_default_mapping_fits_both_live_schemas(prepared, crm, finance):
    flow = registry.flow("account_to_customer")

    findings = validate(flow.mappings, crm.describe("Account"), finance.describe("Customer"))

    assert [finding.as_dict() for finding in findings] == []


def test_a_customers_own_mapping_replaces_the_default():
    stored = [{"source": "Name", "target": "DisplayName", "transforms": ["trim"], "required": True, "compare": "exact"}]

    flow = registry.flow("account_to_customer", stored)

    assert [(entry.source, entry.target, entry.compare) for entry in flow.mappings] == [
        ("Name", "DisplayName", "exact")
    ]


def test_credentials_are_put_right_and_a_missing_one_is_a_key_error():
    system = registry.system("salesforce")

    given = {
        "my_domain": " acme.my.salesforce.com/home ",
        "consumer_key": " k ",
        "consumer_secret": "s\n",
        "other": "x",
    }
    assert system.cleaned(given) == {
        "my_domain": "https://acme.my.salesforce.com",
        "consumer_key": "k",
        "consumer_secret": "s",
    }
    with pytest.raises(KeyError):
        system.cleaned({"consumer_key": "k"})


def test_only_addresses_are_no_secrets():
    fields = [field for system in registry.SYSTEMS.values() for field in system.fields]

    assert {field.name for field in fields if not field.is_secret} == {"my_domain"}


def test_what_a_connection_is_climbed_for():
    target = registry.target("salesforce", tokens=HeldTokens(), run="r", flows=["account_to_customer"])
    other = registry.target("quickbooks_online", tokens=HeldTokens(), run="r", flows=["account_to_customer"])

    assert target.rights == {"Account": ("read", "create", "update", "remove")}
    assert [field.name for field in target.fields] == [
        "QB_Full_Name__c",
        "QB_LastModified__c",
        "Active__c",
        "QB_Customer_Id__c",
    ]
    assert [(field.name, field.is_optional) for field in other.fields] == [("AccountID", True)]
    assert registry.target("salesforce", tokens=HeldTokens(), run="r", writes=False).canary is None


def test_every_class_a_vendor_names_is_in_the_catalogue():
    named = {*quickbooks._CODES.values(), *salesforce._CODES.values(), *salesforce._STATUSES.values()}

    assert all(failure(code).code == code for code in named | set(salesforce._OAUTH.values()))
