"""Context to HTML: Django templates of our own, apart from the pages', and strict about missing values."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.template import Context, Engine

from onboarding.rendering.contexts import Kind

DOCUMENTS = Path(__file__).resolve().parents[2] / "templates" / "documents"
TEMPLATES: dict[Kind, str] = {
    "solutions_definition": "questionnaire.html",
    "technical_details": "questionnaire.html",
    "msa": "msa/v{version}.html",
    "invoice": "invoice.html",
    "credit_note": "credit_note.html",
    "receipt": "receipt.html",
    "statement": "statement.html",
    "project_plan": "project_plan.html",
    "blueprint": "blueprint.html",
    "evidence_pack": "evidence_pack.html",
}
FINGERPRINT = "{{fingerprint}}"  # stands in the page until the text it is the hash of is known


class MissingValue(LookupError):
    """The context lacks a value that the document prints. A contract with a gap in it is worse than none."""


class _Refuse(str):
    """Django's own hook for unknown variables: it formats this text with the variable's name."""

    __slots__ = ()

    def __contains__(self, _: object) -> bool:
        return True

    def __mod__(self, variable: object) -> str:
        raise MissingValue(f"The document's context has no {variable}.")


@lru_cache(maxsize=1)
def _engine() -> Engine:
    return Engine(
        dirs=[str(DOCUMENTS)],
        builtins=["onboarding.rendering.marks"],
        loaders=[("django.template.loaders.cached.Loader", ["django.template.loaders.filesystem.Loader"])],
        string_if_invalid=_Refuse("%s"),
    )


def template_name(kind: str, context: Mapping[str, Any]) -> str:
    """The template of this document below templates/documents; ValueError for a kind or version there is none of."""
    if kind not in TEMPLATES:
        raise ValueError(f"There is no document of kind {kind!r}.")
    name = TEMPLATES[kind]
    if "{version}" in name:
        name = name.format(version=int(str(context["template_version"]).removeprefix("v")))
    if not (DOCUMENTS / name).is_file():
        raise ValueError(f"There is no template {name} for documents of kind {kind!r}.")
    return name


def page(kind: str, context: Mapping[str, Any]) -> str:
    """The document as one HTML page, every value escaped. Raises MissingValue, ValueError."""
    template = _engine().get_template(template_name(kind, context))
    text = template.render(Context({**context, "kind": kind, "fingerprint": FINGERPRINT}))
    # Printed on every page: pages of one text carry one fingerprint, so that a page put in later is seen.
    return text.replace(FINGERPRINT, fingerprint(text))


def fingerprint(text: str) -> str:
    """The first 16 hex digits of the SHA-256 of a page's text before its fingerprint was put in."""
    return sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]
