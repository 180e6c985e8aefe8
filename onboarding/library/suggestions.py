"""Which requirements answers and spoken sentences suggest: rules as data, read by queries/suggestions.py.

A rule's code is part of what is remembered about a suggestion: it is never given to another rule.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from onboarding.library import flows as flow_library

ANYTHING = ("*",)  # any answer at all


@dataclass(frozen=True, kw_only=True)
class AnswerRule:
    """Answers that together suggest a requirement. `when`: values by question (one of them, or among the chosen).

    `text` may hold {question} for the answer in words; every question named there or in `when` is a source if answered.
    """

    code: str
    when: Mapping[str, tuple[Any, ...]]
    kind: str
    text: str
    why: str
    priority: str = ""
    flow: str = ""

    @property
    def questions(self) -> tuple[str, ...]:
        """The questions it rests on, in the order they are named."""
        named = re.findall(r"\{(\w+)\}", f"{self.text} {self.why}")
        return tuple(dict.fromkeys([*self.when, *named]))


@dataclass(frozen=True, kw_only=True)
class SentenceRule:
    """How a need sounds when it is spoken, and what kind of requirement it usually is."""

    pattern: re.Pattern[str]
    kind: str
    why: str


def _flow(code: str, text: str) -> AnswerRule:
    return AnswerRule(
        code=f"flow.{code}", when={"flows": (code,)}, kind="flow", flow=code, text=text,
        why=f"You chose {flow_library.NAMES[code]} among the flows you need.",
    )  # fmt: skip


FLOWS = (
    _flow("account_to_customer", "A new or changed account is a customer in QuickBooks, without duplicates."),
    _flow("contact_to_customer", "A new or changed contact is a customer in QuickBooks, without duplicates."),
    _flow("product_to_item", "Products and prices of the CRM are items in QuickBooks."),
    _flow("opportunity_to_estimate", "An opportunity that is quoted is an estimate in QuickBooks."),
    _flow("opportunity_to_sales_order", "A won opportunity is a sales order in QuickBooks."),
    _flow("opportunity_to_sales_receipt", "A paid opportunity is a sales receipt in QuickBooks."),
    _flow("payment_to_crm", "A payment received in QuickBooks is seen at the opportunity in the CRM."),
    _flow("account_to_vendor", "An account that supplies us is a vendor in QuickBooks."),
    _flow("purchase_order", "A purchase order of the CRM is a purchase order in QuickBooks."),
    _flow("bill", "A supplier's bill is a bill in QuickBooks."),
    AnswerRule(
        code="flow.opportunity_to_invoice.won", when={"flows": ("opportunity_to_invoice",), "invoice_trigger": ("won",)},
        kind="flow", flow="opportunity_to_invoice", text="An opportunity becomes an invoice in QuickBooks when it is won.",
        why="You need invoices in QuickBooks, and a won opportunity is what makes one.",
    ),
    AnswerRule(
        code="flow.opportunity_to_invoice.other",
        when={"flows": ("opportunity_to_invoice",), "invoice_trigger": ("stage", "field", "button")},
        kind="flow", flow="opportunity_to_invoice",
        text="An opportunity becomes an invoice in QuickBooks. What starts it: {invoice_trigger}.",
        why="You need invoices in QuickBooks and said what makes one.",
    ),
)  # fmt: skip
DATES = (
    AnswerRule(code="date.fixed", when={"go_live_wish": ANYTHING, "go_live_firm": ("fixed",)}, kind="timeline",
               priority="must", text="The integration is live on {go_live_wish}.",
               why="You named a day to be live on, and it is fixed."),
    AnswerRule(code="date.wished", when={"go_live_wish": ANYTHING}, kind="timeline", priority="should",
               text="The integration is live on {go_live_wish}.", why="You named a day you would like to be live on."),
    AnswerRule(code="quiet.periods", when={"quiet_periods": ANYTHING}, kind="constraint", priority="must",
               text="No flow runs while the systems must be left alone: {quiet_periods}",
               why="You said when we must leave your systems alone."),
    AnswerRule(code="quiet.dates", when={"quiet_dates": ANYTHING}, kind="constraint",
               text="Nothing is changed on these days: {quiet_dates}",
               why="You listed days on which nobody is there or nothing may change."),
    AnswerRule(code="sleep.window", when={"sleep_window": ANYTHING}, kind="constraint", priority="must",
               text="Flows pause during maintenance: {sleep_window}.",
               why="You said when a system is down for backups or maintenance."),
    AnswerRule(code="books.closed", when={"books_closed_until": ANYTHING}, kind="constraint", priority="must",
               text="Nothing is written into closed books (closed until {books_closed_until}).",
               why="Your books are closed up to a day; QuickBooks refuses writes before it."),
)  # fmt: skip
RULES_OF_DATA = (
    AnswerRule(code="currencies", when={"multi_currency": (True,)}, kind="constraint", priority="must",
               text="Every amount keeps the currency it was agreed in: {currencies}.",
               why="You sell in more than one currency."),
    AnswerRule(code="master.crm", when={"customer_master": ("crm",)}, kind="constraint",
               text="For names, addresses and phone numbers of customers the CRM is right; QuickBooks follows.",
               why="You named the CRM as the system of record for customers."),
    AnswerRule(code="master.finance", when={"customer_master": ("finance",)}, kind="constraint",
               text="For names, addresses and phone numbers of customers QuickBooks is right; the CRM follows.",
               why="You named the books as the system of record for customers."),
    AnswerRule(code="fields.custom", when={"custom_fields": ANYTHING}, kind="mapping",
               text="These custom fields reach the other system: {custom_fields}",
               why="You listed custom fields that should reach the other system."),
    AnswerRule(code="fields.customised", when={"crm_customised": ANYTHING}, kind="mapping",
               text="The mapping respects what was customised in the CRM: {crm_customised}",
               why="You described customisations of accounts, contacts, opportunities or products."),
    AnswerRule(code="names.duplicates", when={"name_troubles": ("duplicates",)}, kind="constraint", priority="must",
               text="Two customers of one name are told apart before anything is written.",
               why="Duplicate names occur among your customers; QuickBooks takes each name once."),
    AnswerRule(code="names.colons", when={"name_troubles": ("colons",)}, kind="constraint",
               text="Colons in names are replaced before they reach QuickBooks.",
               why="Colons occur in your customers' names; QuickBooks refuses them."),
    AnswerRule(code="names.long", when={"name_troubles": ("long",)}, kind="constraint",
               text="Names longer than QuickBooks holds are shortened in a way that stays unique.",
               why="Some of your customers' names are longer than QuickBooks holds."),
    AnswerRule(code="names.tests", when={"name_troubles": ("tests",)}, kind="constraint",
               text="Test records of the CRM stay out of QuickBooks.", why="There are test records among your customers."),
    AnswerRule(code="tax.automated", when={"automated_tax": (True,)}, kind="constraint",
               text="QuickBooks computes the sales tax; the integration sends no tax amounts of its own.",
               why="Your QuickBooks computes sales tax automatically."),
    AnswerRule(code="scope.out", when={"out_of_scope": ANYTHING}, kind="constraint", priority="must",
               text="The integration leaves alone: {out_of_scope}", why="You said what must be left alone."),
)  # fmt: skip
DEPENDENCIES = (
    AnswerRule(code="sandbox.crm", when={"crm_sandbox": (False,)}, kind="dependency",
               text="A place to test without touching live CRM data is agreed before testing begins.",
               why="Your CRM has no sandbox."),
    AnswerRule(code="sandbox.finance", when={"test_company": (False,)}, kind="dependency",
               text="A test company in QuickBooks is there before testing begins.", why="There is no test company yet."),
    AnswerRule(code="api.addon", when={"crm_api_addon": (False,)}, kind="dependency", priority="must",
               text="API access is enabled for the CRM's edition before we connect.",
               why="API access is not enabled for your edition; without it nothing can connect."),
    AnswerRule(code="user.missing", when={"integration_user": ("planned", "shared")}, kind="dependency", priority="must",
               text="The integration has a CRM user of its own before we connect.",
               why="There is no CRM user for the integration alone yet."),
    AnswerRule(code="network.proxy", when={"proxy": ANYTHING}, kind="dependency",
               text="Outgoing connections work through the proxy {proxy}.", why="You named a proxy."),
    AnswerRule(code="network.blocked", when={"outbound": ("blocked", "proxy", "unknown")}, kind="dependency",
               priority="must", text="The firewall lets the computer of the books reach our servers over HTTPS, port 443.",
               why="It can't reach our servers freely, or nobody knows."),
    AnswerRule(code="network.restricted", when={"ip_restrictions": (True,)}, kind="dependency",
               text="Our addresses are allowed to sign in to the CRM.",
               why="Your CRM takes sign-ins from certain networks only."),
    AnswerRule(code="network.premises", when={"deployment": ("on_premises",)}, kind="dependency",
               text="The Web Connector runs on a computer that is on whenever flows run.",
               why="The financial application runs at your place."),
    AnswerRule(code="sign_on", when={"single_sign_on": (True,)}, kind="dependency",
               text="The integration's user is exempt from single sign-on.", why="Single sign-on is enforced for everybody."),
    AnswerRule(code="approvals", when={"approvals": ANYTHING}, kind="dependency",
               text="These people agree before go-live: {approvals}.", why="You named who else has to agree."),
)  # fmt: skip
ANSWER_RULES: tuple[AnswerRule, ...] = (*FLOWS, *DATES, *RULES_OF_DATA, *DEPENDENCIES)

SENTENCE_RULES: tuple[SentenceRule, ...] = (
    SentenceRule(
        pattern=re.compile(
            r"\b(?:before|until|by|after|from|not later than)\b[^.]{0,40}\b(?:january|february|march|april|may|june|july|"
            r"august|september|october|november|december|year[- ]end|quarter|go[- ]live)\b|\bdeadline\b|\bgo live\b",
            re.IGNORECASE,
        ),
        kind="timeline",
        why="It names a time.",
    ),
    SentenceRule(
        pattern=re.compile(
            r"\b(?:depends? on|waits? for|waiting for|need(?:s)? (?:approval|access|permission)|as soon as|once (?:we|you|"
            r"our|your|the)\b|has to approve|must approve)",
            re.IGNORECASE,
        ),
        kind="dependency",
        why="It waits for something else.",
    ),
    SentenceRule(
        pattern=re.compile(r"\b(?:custom field|field|map(?:s|ped)? to|goes into|picklist|value)s?\b[^.]*\b(?:must|should|"
                           r"need|has to|have to|want)|\b(?:must|should|need|has to|have to|want)[^.]*\b(?:custom field|"
                           r"mapped|picklist)", re.IGNORECASE),
        kind="mapping",
        why="It speaks of fields.",
    ),
    SentenceRule(
        pattern=re.compile(
            r"\b(?:must(?: not)?|never|only (?:if|when)|can(?:'|’)?t|cannot|has to|have to|needs? to|should(?: not|n(?:'|’)t)?|"
            r"always|untouched|within (?:the|an|one|\d+)|without duplicates|we (?:want|need|expect|require))\b",
            re.IGNORECASE,
        ),
        kind="constraint",
        why="It says what must or must not be.",
    ),
)  # fmt: skip
