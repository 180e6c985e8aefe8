"""Where each criterion is met, as pages of the workspace."""

from __future__ import annotations

from django.urls import reverse

# Places whose work lies with the customer are read on the specialist's page of the same matter.
ROUTES = {"records": "company", "registration": "solution"}
TITLES = {
    "company": "Company",
    "specialist": "Specialist",
    "contacts": "Contacts",
    "meetings": "Meetings",
    "follow-ups": "Tasks from meetings",
    "questionnaires": "Questionnaires",
    "documents": "Documents",
    "requirements": "Requirements",
    "verification": "Verification",
    "agreement": "Agreement",
    "invoice": "Invoice",
    "plan": "Plan",
    "setup": "Set-up",
    "connections": "Connections",
    "solution": "Solution",
    "flows": "Flows",
    "blueprint": "Blueprint",
    "pilot": "Pilot",
    "training": "Training",
    "go-live": "Go-live",
    "support": "Support",
    "notes": "Internal notes",
}


def url_of(place: str, reference: str) -> str:
    """The specialist's page for a criterion's `place`."""
    room, _, rest = place.partition("/")
    if rest:
        return reverse("specialist:questionnaire", args=[reference, rest])
    return reverse(f"specialist:{ROUTES.get(room, room).replace('-', '_')}", args=[reference])


def rooms(reference: str) -> list[dict[str, str]]:
    """Every work page of an engagement, in the order of the journey."""
    return [{"title": title, "url": url_of(place, reference)} for place, title in TITLES.items()]
