"""Custom fields that must be there: the wish, and whether a field fulfils it."""

from typing import Any

from integrations.engine.connector import FieldSchema, FieldWish


def wish(template: Any, *, is_optional: bool = False) -> FieldWish:
    """The wish of a library template (onboarding.library.setup.FieldTemplate)."""
    return FieldWish(
        object=template.object,
        name=template.name,
        label=template.label,
        type=template.type,
        length=template.length,
        unique=template.unique,
        external_id=template.external_id,
        values=tuple(template.values),
        help_text=template.help_text,
        is_optional=is_optional,
    )


def difference(wished: FieldWish, there: FieldSchema) -> str:
    """How a field that is there differs from the wish, in words; empty when it will do."""
    wanted = "boolean" if wished.type == "checkbox" else wished.type
    if wanted != there.type and {wanted, there.type} - {"text", "long_text"}:
        return f"is {there.type}, should be {wanted}"
    if wished.length and there.length is not None and there.length < wished.length:
        return f"holds {there.length} characters, should hold {wished.length}"
    if wished.external_id and not (there.external_id and there.unique):
        return "should be unique and an external id"
    if lacking := set(wished.values) - set(there.picklist):
        return f"lacks the values {', '.join(sorted(lacking))}"
    return ""
