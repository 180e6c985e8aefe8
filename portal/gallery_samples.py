"""What the gallery shows: every component in every state, with words as long as life makes them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

TITLES = (
    "Welcome Call or Meeting",
    "Data Collection",
    "Video Meeting — Requirements Review",
    "Customer Verification",
    "Customer Approval",
    "Plan & Timeline",
    "Initial Setup & Customisation",
    "Connectivity Setup",
    "Registration & Solution Configuration",
    "Activation & Testing",
    "Full Deployment & Go-Live",
    "Continuous Support & Optimisation",
)
PHASES = ("Initial Customer Engagement", "Setting Up Your Solution")
HASH = "9f2c1b7e44d0a86fbb0c3d5e7a1f92886c4e0d1b2a39485766f5e4d3c2b1a098"
NOW = datetime.now(tz=UTC)

# One task in each state.
TASKS: list[dict[str, Any]] = [
    {"title": "Solutions Definition Document", "url": "#1", "state": "In review", "tone": "info"},
    {
        "title": "Solutions Technical Details Document",
        "url": "#2",
        "state": "14 of 22 answers",
        "tone": "warn",
        "note": "About 15 minutes",
        "due_on": date(2026, 12, 3),
    },
    {"title": "Your documents", "url": "#3", "state": "Completed", "tone": "none"},
    {"title": "Send the signed power of attorney", "url": "#4", "state": "Revision needed", "tone": "bad"},
    {
        "title": "Agree on the requirements",
        "state": "Cannot start yet",
        "tone": "none",
        "why_blocked": "Opens once your specialist has reviewed the two documents above",
    },
]

# The twelve: two done, one reopened, one current, the rest later.
STATES = {1: "done", 2: "reopened", 3: "done", 4: "current"}
SUMMARIES = {
    2: "A document was replaced after it was accepted: upload the network diagram again.",
    4: "We check who you are, then issue the agreement and the first invoice.",
}
STEPS: list[dict[str, Any]] = [
    {
        "number": number,
        "title": title,
        "phase": PHASES[number > 6],
        "state": STATES.get(number, "later"),
        "url": f"#step-{number}" if number <= 4 else "",
        "closed_at": datetime(2026, 11, 18 + number, 14, 5, tzinfo=UTC) if number in {1, 3} else None,
        "summary": SUMMARIES.get(number, ""),
        "tasks": TASKS[:3] if number == 4 else [],
    }
    for number, title in enumerate(TITLES, start=1)
]

# A ladder that breaks on the way up: passed, warned, failed, running, waiting.
RUNGS: list[dict[str, Any]] = [
    {"title": "Name resolves", "state": "passed", "duration_ms": 12},
    {"title": "Port 443 answers", "state": "passed", "duration_ms": 40},
    {
        "title": "TLS certificate valid",
        "state": "warned",
        "detail": "until 3 Dec 2026",
        "who": "Your IT",
        "advice": "The certificate ends in eleven days. Renew it before then, or the flows will stop.",
    },
    {"title": "Signed in", "state": "passed", "detail": "token valid 58 min · consent until 2 Mar"},
    {"title": "Right company", "state": "passed", "detail": "“Acme US Inc”, realm …4821"},
    {
        "title": "May create customers",
        "state": "failed",
        "detail": "refused",
        "who": "Your QuickBooks admin",
        "advice": "The connected user may read customers but not create them. In QuickBooks open Settings → "
        "Manage users, and give this user “Customers and sales: full”.",
        "code": "3100",
        "vendor_message": "ApplicationAuthorizationFailed",
        "request_id": "1-66f0b2c4-5a1d9e7f0c3b2a1d4e5f6a7b",
        "tries": 2,
        "again_url": "#again",
    },
    {"title": "Custom fields present", "state": "waiting", "detail": "waits for the rung above"},
    {"title": "Canary written and read back", "state": "running"},
]

# Versions, scan and review states; one with an unkind name.
at = datetime(2026, 11, 20, 9, 12, tzinfo=UTC)
FILES: list[dict[str, Any]] = [
    {
        "name": "Network-diagram-headquarters-and-three-warehouses-final-v7-signed.pdf",
        "url": "#file",
        "size": 2_411_000,
        "version": 3,
        "by": "Maria Fernández-Oyelaran",
        "at": at,
        "scan": "Clean",
        "scan_tone": "none",
        "review": "Accepted",
        "review_tone": "good",
    },
    {
        "name": "chart-of-accounts.xlsx",
        "size": 88_000,
        "version": 1,
        "by": "Tom Baker",
        "at": at,
        "scan": "Quarantined: holds a macro",
        "scan_tone": "bad",
        "remove_url": "#remove",
    },
    {
        "name": "customers-export.csv",
        "url": "#file",
        "size": 410_000,
        "by": "Tom Baker",
        "at": at,
        "scan": "Scanning…",
        "scan_tone": "info",
        "review": "Revision needed",
        "review_tone": "warn",
        "note": "The export stops at row 500. Export all customers, not only the first page.",
    },
]

# Twelve columns; most with a card, some empty, one with more than fits.
SINCE = NOW - timedelta(days=9, hours=3)
CARDS = [
    {
        "company": "Acme Industrial Supplies & Sons (Wholesale) Ltd",
        "url": "#acme",
        "systems": "Salesforce → QuickBooks Online",
        "days_in_step": 12,
        "whose": "Customer",
        "since": SINCE,
        "unmet": "Finish the Solutions Technical Details Document",
        "health": "amber",
        "cause": "customer silent for 9 days",
        "go_live_on": date(2027, 3, 12),
        "slip_days": 4,
    },
    {
        "company": "Société Générale d’Éclairage",
        "url": "#sge",
        "systems": "Creatio → QuickBooks Desktop",
        "days_in_step": 1,
        "whose": "You",
        "since": SINCE,
        "unmet": "Review the Solutions Definition Document",
        "health": "green",
        "go_live_on": date(2027, 2, 1),
    },
    {
        "company": "Northwind",
        "url": "#nw",
        "systems": "Salesforce → QuickBooks Online",
        "days_in_step": 31,
        "whose": "Third party",
        "since": SINCE,
        "unmet": "Prove the connection to QuickBooks Online",
        "health": "red",
        "cause": "go-live is 19 days behind the plan",
        "go_live_on": date(2026, 12, 18),
        "slip_days": 19,
    },
]
COLUMNS: list[dict[str, Any]] = [
    {
        "number": number,
        "title": title,
        "count": [5, 11, 3, 6, 4, 2, 7, 5, 0, 2, 1, 138][number - 1],
        "cards": [] if number in {9, 12} else CARDS[number % 3 :] or CARDS[:1],
        "more": 8,
        "more_url": "#more" if number == 2 else "",
    }
    for number, title in enumerate(TITLES, start=1)
]

# The gallery's context.
MONDAY = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
SAMPLES: dict[str, Any] = {
    "tasks": TASKS,
    "steps": STEPS,
    "first_steps": STEPS[:6],
    "rungs": RUNGS,
    "files": FILES,
    "columns": COLUMNS,
    "now": NOW,
    "earlier": NOW - timedelta(hours=26),
    "next_task": {
        "title": "Finish the Solutions Technical Details Document",
        "facts": ["14 of 22 answers", "about 15 minutes"],
        "due_on": date(2026, 12, 3),
        "why": "It tells us which connections to prepare, so that nothing waits when the technical work begins.",
        "url": "#continue",
    },
    "specialist": {
        "name": "Priya Raman",
        "role": "Your Technical Specialist",
        "email": "priya.raman@interweave.example",
        "phone": "+1 617 555 0134",
        "hours": "Mon–Fri 9:00–17:30 (14:00–22:30 for you)",
    },
    "figures": [
        {"label": "active", "value": 47, "url": "#a"},
        {"label": "wait for me", "value": 9, "url": "#b", "tone": "warn", "note": "2 for more than five days"},
        {"label": "wait for customers", "value": 21, "url": "#c"},
        {"label": "off track", "value": 4, "url": "#d", "tone": "bad"},
    ],
    "unmet": [
        {
            "title": "Sign the Master Services Agreement",
            "url": "#msa",
            "owner": "Acme · Jordan Lee",
            "since": NOW - timedelta(days=6),
            "words": "Sent on 16 November, opened once, not signed.",
            "remind_url": "#remind",
        },
        {
            "title": "Customer records are approved",
            "owner": "Acme",
            "since": NOW - timedelta(days=1),
            "waive_url": "#waive",
            "remind_url": "#remind2",
        },
    ],
    "met": [
        {"title": "Payment is received", "evidence": "INV-2026-0042 · $4,800.00 · 21 Nov"},
        {"title": "Scope is confirmed", "is_waived": True, "evidence": "by Lena Vogt: agreed by phone, 20 Nov"},
    ],
    "rows": [
        {"label": "Company name", "value": "Acme Industrial Supplies & Sons (Wholesale) Ltd", "url": "#1"},
        {"label": "VAT number", "value": "GB 980 7806 84", "note": "Checked on 20 November", "url": "#2"},
        {"label": "Who signs for the company?", "value": "", "url": "#3", "change": "who signs"},
        {"label": "Flows you want", "value": "Account to Customer\nOpportunity to Invoice", "state": "Accepted"},
    ],
    "events": [
        {
            "title": "Jordan Lee signed the Master Services Agreement",
            "url": "#e1",
            "by": "Jordan Lee",
            "at": NOW - timedelta(minutes=12),
            "tone": "good",
        },
        {
            "title": "Note",
            "by": "Priya Raman",
            "at": NOW - timedelta(hours=5),
            "is_internal": True,
            "note": "Their accountant leaves at the end of the month: do the pilot before.",
        },
        {
            "title": "The check of QuickBooks Online failed at “May create customers”",
            "by": "InterWeave",
            "at": NOW - timedelta(days=2),
            "tone": "bad",
        },
    ],
    "evidence": [
        {"label": "Sealed agreement", "value": "msa-acme.pdf", "url": "#msa", "hash": HASH},
        {"label": "Signed", "value": "Jordan Lee", "at": NOW},
        {"label": "Chain head", "value": "", "hash": HASH[::-1]},
    ],
    "twin": [
        {
            "field": "Name",
            "left": "Société d’Exploitation des Établissements Lefèvre et Compagnie, Import-Export",
            "rule": "trim, cut at 41",
            "right": "Société d’Exploitation des Établissements",
            "verdict": "cut",
            "tone": "warn",
            "note": "37 characters lost",
        },
        {"field": "Phone", "left": "", "rule": "optional", "right": "", "verdict": "equal"},
        {
            "field": "Billing country",
            "left": "France",
            "rule": "country ISO 3",
            "right": "FR",
            "verdict": "mismatch",
            "tone": "bad",
            "note": "expected FRA",
        },
        {"field": "Id", "left": "001Hs00002aBcDe", "rule": "binding AccountID", "right": "58", "verdict": "bound"},
    ],
    "mapping": [
        {
            "source": "Account.Name",
            "source_type": "text 255",
            "rule": "trim, cut at 100",
            "target": "DisplayName",
            "target_type": "text 100, unique",
            "is_required": True,
            "state": "Confirmed",
            "tone": "good",
        },
        {
            "source": "Account.Payment_Terms__c",
            "source_type": "picklist, 6 values",
            "rule": "look up",
            "target": "SalesTermRef.value",
            "target_type": "reference",
            "problem": "2 of 6 values have no counterpart in QuickBooks: “Net 45”, “On receipt (EU)”",
        },
    ],
    "table_columns": [
        {"title": "Invoice", "sort_url": "#s", "sorted": "descending"},
        {"title": "Issued"},
        {"title": "State"},
        {"title": "Amount", "is_number": True},
    ],
    "table_rows": [
        [
            {"value": "INV-2026-0042", "url": "#i", "note": "First half of the set-up"},
            {"value": "14 Nov 2026"},
            {"value": "Partly paid", "tone": "warn", "note": "$1,200.00 missing"},
            {"value": "$4,800.00"},
        ],
        [
            {"value": "INV-2026-0061", "url": "#j"},
            {"value": "21 Nov 2026"},
            {"value": "Paid", "tone": "good"},
            {"value": "$12,350.00"},
        ],
    ],
    "slot_days": [
        {
            "date": MONDAY + timedelta(days=day),
            "slots": [
                {
                    "value": f"{day}-{slot}",
                    "at": MONDAY + timedelta(days=day, minutes=45 * slot),
                    "is_taken": slot == 2,
                }
                for slot in range(5)
            ],
        }
        for day in range(2)
    ],
    "filters": [
        {"name": "whose", "label": "Waiting for", "value": "me", "options": [("", "Anyone"), ("me", "Me")]},
        {"name": "health", "label": "Health", "value": "", "options": [("", "Any"), ("red", "Off track")]},
    ],
    "applied": [{"label": "Waiting for me", "url": "#x"}],
    "crumbs": [{"title": "Board", "url": "#b"}, {"title": "Acme", "url": "#a"}, {"title": "Step IV"}],
    "summary_errors": [{"text": "Choose the day you want to go live", "url": "#id_day"}],
}
