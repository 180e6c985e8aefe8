"""Custom fields of QuickBooks Online: definitions over GraphQL, where the company's edition and our app allow it."""

from typing import Any

from integrations.engine.connector import FieldOutcome, FieldWish
from integrations.engine.errors import Failure, failure
from integrations.quickbooks_online.client import Company
from integrations.quickbooks_online.errors import VENDOR

INCLUDE = "enhancedAllCustomFields"
_SUB_ENTITY = {"Customer": ("/network/Contact", "CUSTOMER")}
# These say that this company, or our app, has no custom fields by API: not a failure, the way round is binding by id.
_NOT_OFFERED = frozenset({"permission", "unsupported", "not_found", "validation"})

_DEFINED = """
query Defined { appFoundationsCustomFieldDefinitions { edges { node {
  id legacyIDV2 label active dataType
  associations { associatedEntity active subAssociations { associatedEntity active } } } } } }
"""
_DEFINE = """
mutation Define($input: AppFoundations_CustomFieldDefinitionCreateInput!) {
  appFoundationsCreateCustomFieldDefinition(input: $input) { id legacyIDV2 label active dataType } }
"""


def defined(company: Company, name: str) -> dict[str, str]:
    """The active custom fields on an object, name → definition id; none where the company has no such thing."""
    try:
        answer = company.graphql(_DEFINED, {})
    except Failure as trouble:
        if trouble.code not in _NOT_OFFERED:
            raise
        return {}
    found = ((answer.get("data") or {}).get("appFoundationsCustomFieldDefinitions") or {}).get("edges") or ()
    nodes = [edge["node"] for edge in found]
    return {node["label"]: str(node["legacyIDV2"]) for node in nodes if node["active"] and _is_on(node, name)}


def _is_on(node: dict[str, Any], name: str) -> bool:
    entity, sub = _SUB_ENTITY[name]
    return any(
        association["associatedEntity"] == entity and inner["associatedEntity"] == sub and inner.get("active", True)
        for association in node.get("associations") or ()
        for inner in association.get("subAssociations") or ()
    )


def define(company: Company, wish: FieldWish) -> FieldOutcome:
    """Make a text field. `not_possible` where edition or app don't allow it; raises Failure when only the way is broken."""
    entity, sub = _SUB_ENTITY[wish.object]
    association = {
        "associatedEntity": entity,
        "associationCondition": "INCLUDED",
        "active": True,
        "validationOptions": {"required": False},
        "allowedOperations": [],
        "subAssociations": [{"associatedEntity": sub, "active": True, "allowedOperations": []}],
    }
    asked = {"label": wish.name, "dataType": "STRING", "active": True, "associations": [association]}
    try:
        answer = company.graphql(_DEFINE, {"input": asked})
    except Failure as trouble:
        if trouble.code not in _NOT_OFFERED:
            raise
        return FieldOutcome("not_possible", f"This company does not let us make {wish.label}: make it by hand.")
    if (answer.get("data") or {}).get("appFoundationsCreateCustomFieldDefinition"):
        return FieldOutcome("created", f"{wish.label} was made.")
    return _refused(answer, wish)


def _refused(answer: dict[str, Any], wish: FieldWish) -> FieldOutcome:
    first = (answer.get("errors") or [{}])[0]
    code = ((first.get("extensions") or {}).get("errorCode") or {}).get("errorCode", "")
    if code == "LABEL_ALREADY_EXISTS":
        return FieldOutcome("differs", f"{wish.label} is there, but switched off or not on {wish.object}.")
    if code == "CUSTOM_FIELD_ASSOCIATED_ENTITY_LIMIT_EXCEEDED":
        return FieldOutcome("not_possible", "The company has no room for another custom field.")
    raise failure("validation", vendor=VENDOR, vendor_code=code, vendor_message=str(first.get("message", "")))
