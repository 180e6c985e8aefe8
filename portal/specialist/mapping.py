"""The mapping as a plain form of two columns: `mapping-<n>-source`, `-target`, `-transforms`, `-compare`, `-required`."""

from __future__ import annotations

from typing import Any

from django import forms

from integrations.engine.compare import RULES
from onboarding.models import Engagement, Flow
from onboarding.queries import flows as query
from portal.plain_text import whole_number
from portal.specialist import fields
from portal.specialist.desk import EngagementForm

SPARE_ROWS = 3
TITLES = {"source": "From", "transforms": "Rules", "target": "To", "compare": "Compared", "required": "Required"}
COMPARISONS = [(key, words) for key, (words, _) in RULES.items()]
SIDES = [("crm", "CRM"), ("finance", "Financial application")]


class MappingForm(EngagementForm):
    """Every mapped field as a row, and a few empty ones; a row without both ends is left out."""

    flow_id = fields.row_id()
    version = forms.IntegerField(widget=forms.HiddenInput)
    master = fields.choice("Where both sides differ, this one wins", SIDES)

    def prepare(self, engagement: Engagement) -> None:
        given = whole_number(str(self.data.get("flow_id") or self.initial.get("flow_id")))
        flow = engagement.flows.filter(pk=given or 0).first()
        self.count = 0
        self.known: list[dict[str, Any]] = []
        self.findings: list[list[dict[str, Any]]] = []
        if flow is None:
            return
        self._show(flow)

    def _show(self, flow: Flow) -> None:
        editor = query.editor(flow)
        self.known = flow.mapping
        posted = {name.split("-")[1] for name in self.data if name.startswith("mapping-")}
        self.count = max(len(editor["rows"]) + SPARE_ROWS, len(posted))
        self.findings = [row["findings"] for row in editor["rows"]]
        self.fields["version"].initial, self.fields["master"].initial = flow.mapping_version, flow.master
        ends = {side: _fields(editor[f"{side}_schema"], flow.mapping, side) for side in ("source", "target")}
        for number in range(self.count):
            row = flow.mapping[number] if number < len(flow.mapping) else {}
            self._add_row(number, row, ends)

    def _add_row(self, number: int, row: dict[str, Any], ends: dict[str, list[tuple[str, str]]]) -> None:
        def cell(part: str, field: forms.Field, initial: Any) -> None:
            label = f"{TITLES[part]}, row {number + 1}"
            self.fields[f"mapping-{number}-{part}"] = fields.in_row(field, label, initial)

        for side in ("source", "target"):
            cell(side, fields.choice("", ends[side]) if ends[side] else fields.line(""), row.get(side, ""))
        cell("transforms", fields.line(""), ", ".join(row.get("transforms", [])))
        cell("compare", fields.choice("", COMPARISONS), row.get("compare", "trim"))
        cell("required", forms.BooleanField(), row.get("required", False))

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The fields row by row with what the last check said of each, for the page."""
        return [
            {"cells": [(title, self[f"mapping-{number}-{part}"]) for part, title in TITLES.items()],
             "findings": self.findings[number] if number < len(self.findings) else []}
            for number in range(self.count)
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        kept = {name: values[name] for name in ("flow_id", "version", "master") if name in values}
        rows = [self._row(values, number) for number in range(self.count)]
        return kept | {"mapping": [row for row in rows if row["source"] or row["target"]]}

    def _row(self, values: dict[str, Any], number: int) -> dict[str, Any]:
        name = f"mapping-{number}-"
        source, target = values.get(name + "source", ""), values.get(name + "target", "")
        same: dict[str, Any] = next(
            (row for row in self.known if (row["source"], row["target"]) == (source, target)), {}
        )
        steps = values.get(name + "transforms", "")
        return {
            "source": source,
            "target": target,
            "transforms": [step.strip() for step in steps.split(",") if step.strip()],
            "compare": values.get(name + "compare") or "trim",
            "required": bool(values.get(name + "required")),
            "note": same.get("note", ""),
            "if_present": same.get("if_present", False),
        }


def _fields(schema: dict[str, Any], mapping: list[dict[str, Any]], side: str) -> list[tuple[str, str]]:
    """The live schema's fields, and those mapped already; empty (a text field is shown) until a check read it."""
    if not schema:
        return []
    there = {one["name"]: f"{one['label']} ({one['name']}, {one['type']})" for one in schema["fields"]
             if side == "source" or one["createable"] or one["updateable"]}  # fmt: skip
    lost = {row[side]: f"{row[side]} (not there)" for row in mapping if row[side] not in there}
    return [("", ""), *(lost | there).items()]
