"""What an answer of step II means for the work of steps VII and VIII, said where that work is done.

Rules as data: an answer (or any at all), the place it matters at, and the words. A place is a set-up task's code, or a
side of the connections.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ANYTHING = ("*",)
CRM, FINANCE = "connections.crm", "connections.finance"
USER, ACCOUNT_ID = "salesforce.integration_user", "quickbooks_online.customer.account_id"


@dataclass(frozen=True, kw_only=True)
class Advice:
    """`words` may hold {question} for an answer that is a text."""

    place: str
    question: str
    values: tuple[Any, ...]
    words: str

    def holds(self, answers: Mapping[str, Any]) -> bool:
        """True when the answer is among the values; yes and no are not 1 and 0."""
        given = answers.get(self.question)
        if self.values == ANYTHING:
            return given not in (None, "", [])
        return any(given == value and type(given) is type(value) for value in self.values)


def _at(place: str, question: str, values: tuple[Any, ...], words: str) -> Advice:
    return Advice(place=place, question=question, values=values, words=words)


ADVICE: tuple[Advice, ...] = (
    _at(USER, "crm_api_addon", (False,),
        "Ask Salesforce for API access first: your Professional Edition has none of its own."),
    _at(USER, "integration_licence", ("integration",),
        "Give the user the Salesforce Integration licence, as you told us: it signs in by the API only."),
    _at(USER, "integration_licence", ("none_free",),
        "Buy a licence first: you told us that none is free. Salesforce Integration is enough."),
    _at(USER, "single_sign_on", (True,),
        "Exempt the user from single sign-on, which you enforce: a program can't use your sign-in page."),
    _at(USER, "ip_restrictions", (True,),
        "Add InterWeave's addresses to the login IP ranges of the user's profile; your specialist has them."),
    _at(USER, "fields_by_portal", (False,),
        "Leave out the rights to customise: you told us that your administrator creates the fields."),
    _at(ACCOUNT_ID, "qbo_plan", ("simple_start", "essentials", "plus"),
        "Your plan of QuickBooks Online has no custom fields on customers. If you find none, mark this as done and say "
        "so: the records are bound by the id kept in Salesforce."),
    _at(CRM, "crm_sandbox", (True,), "You have a sandbox: connect it first, and production before go-live."),
    _at(CRM, "ip_restrictions", (True,),
        "Sign-ins are limited to certain networks: InterWeave's addresses must be let in before the check can pass."),
    _at(CRM, "single_sign_on", (True,), "Single sign-on is enforced: the integration's user needs its exception first."),
    _at(CRM, "sleep_window", ANYTHING, "Systems rest: {sleep_window}. A check in that time fails."),
    _at(FINANCE, "test_company", (True,), "You have a test company: connect it first, and the real one before go-live."),
    _at(FINANCE, "outbound", ("blocked",),
        "Your firewall must let the Web Connector's computer call out over HTTPS, port 443. Nothing has to be let in. "
        "Ask {firewall_admin}."),
    _at(FINANCE, "outbound", ("unknown",),
        "Ask {firewall_admin} whether the Web Connector's computer can call out over HTTPS, port 443."),
    _at(FINANCE, "proxy", ANYTHING, "The Web Connector's computer calls out through your proxy, {proxy}."),
    _at(FINANCE, "tls_inspection", (True,),
        "Your network opens encrypted connections: our address needs an exception there."),
    _at(FINANCE, "qbd_mode", ("multi", "changes"),
        "Switch QuickBooks to single-user mode for the first connection; some minutes are enough."),
    _at(FINANCE, "qbd_computer", ANYTHING, "The company file's computer: {qbd_computer}"),
)  # fmt: skip


def at(place: str, answers: Mapping[str, Any]) -> list[str]:
    """The words for one place, in order; those that would name an answer nobody gave are left out."""
    given = {code: value for code, value in answers.items() if isinstance(value, str) and value}
    found = []
    for one in ADVICE:
        if one.place == place and one.holds(answers):
            try:
                found.append(one.words.format_map(given))
            except KeyError:
                continue
    return found
