"""What a worker's results look like: the rungs of a climb, a scan's findings, a test's twin view, a one-page PDF."""

from __future__ import annotations

from typing import Any

CRM = {"id": "00Dxx0000001gER", "name": "Acme Industrial Supplies", "is_sandbox": False}
BOOKS = {"id": "9130357842154821", "name": "Acme US Inc", "is_sandbox": False}

PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<>>>>endobj
4 0 obj<</Length 0>>stream

endstream endobj
trailer<</Root 1 0 R/Size 5>>
%%EOF
"""


def rung(code: str, title: str, words: str, *, ms: int, state: str = "passed", **more: Any) -> dict[str, Any]:
    """One rung as a climb records it."""
    return {
        "code": code, "title": title, "state": state, "ms": ms, "words": words, "who_can_fix": "", "what_to_do": "",
        "details": {},
    } | more  # fmt: skip


RUNGS = [
    rung("name", "Name resolves", "acme.my.salesforce.com has 2 addresses.", ms=12),
    rung("port", "Port answers", "Port 443 is open.", ms=40),
    rung("tls", "TLS certificate valid", "TLSv1.3; the certificate is good until 3 May 2027.", ms=51),
    rung("sign_in", "Signed in", "Signed in.", ms=210),
    rung("identity", "Right company", "Acme Industrial Supplies, production.", ms=90),
    rung("rights", "Rights", "All rights on Account.", ms=120),
    rung("fields", "Fields present", "5 fields there and visible.", ms=130),
    rung("read", "Reads records", "Read: 230 records of Account.", ms=180),
    rung("write", "Writes a record", "Wrote “ZZZ-Test IW-2026-0001-1”.", ms=240),
    rung("read_back", "Reads it back", "Read back as written.", ms=95),
    rung("clean_up", "Cleans it away", "Removed.", ms=110),
]
REFUSED = {
    "state": "failed",
    "words": "The connected user may read customers but not create them.",
    "who_can_fix": "customer_admin",
    "what_to_do": "In QuickBooks: Settings → Manage users, give “Customers and sales: full”.",
    "details": {"vendor_code": "3100", "request_id": "1-66f0c2", "tries": 2, "vendor_message": "Authorization denied"},
}


def failed_rungs(code: str) -> list[dict[str, Any]]:
    """The climb that broke at this rung: those before passed, those after wait."""
    climbed, is_broken = [], False
    for one in RUNGS:
        if one["code"] == code:
            climbed.append(one | REFUSED)
            is_broken = True
        else:
            climbed.append(one | {"state": "skipped", "words": "", "ms": 0} if is_broken else one)
    return climbed


FINDINGS = [
    {"record": "001A000001", "name": "Harbour: North", "field": "Name", "kind": "colon",
     "words": "The name has a colon, which would become a dash."},
    {"record": "001A000002", "name": "Smith Ltd", "field": "Name", "kind": "duplicate_name",
     "words": "The same name as 001A000003."},
]  # fmt: skip

FIELDS = [
    ("Name", "IW-TEST 7-1 Complete Trading Ltd", "trim", "DisplayName", "IW-TEST 7-1 Complete Trading Ltd", "match"),
    ("Phone", "", "digits", "PrimaryPhone.FreeFormNumber", "", "match"),
    ("BillingCountry", "France", "country", "BillAddr.Country", "FRA", "equal_after_normalise"),
]


def twin_view(run: Any, *, passed: bool = True) -> dict[str, Any]:
    """A test's twin view with two cases; not passed: the second lost a field and was cleaned on one side only."""
    good = _case("complete", "A complete account", [_field(*one) for one in FIELDS])
    other = _case("long_name", "A name longer than QuickBooks holds", [_field(*one) for one in FIELDS[:1]])
    if not passed:
        lost = _field("Phone", "+1 617 555 0142", "digits", "PrimaryPhone.FreeFormNumber", "", "missing")
        other |= {"passed": False, "fields": [*other["fields"], lost], "cleaned_up": {"crm": True, "finance": False}}
    return {"run": run.tag, "flow": run.flow.code, "cases": [good, other], "passed": passed}


def _case(code: str, title: str, fields: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "code": code, "title": title, "name": f"IW-TEST 7-1 {title}", "source_id": "001A000009", "target_id": "58",
        "first_state": "created", "fields": fields, "notices": [], "created_on_second_run": 0,
        "cleaned_up": {"crm": True, "finance": True}, "trouble": None, "passed": True,
    }  # fmt: skip


def _field(source: str, value: str, rule: str, target: str, actual: str, result: str) -> dict[str, str]:
    return {
        "source": source, "source_value": value, "rule": rule, "target": target, "expected": actual, "actual": actual,
        "result": result,
    }  # fmt: skip
