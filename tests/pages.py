"""Every page of the demo that has a picture (make shots): its name, its address, who looks, and at which engagement.

A page with ids in its address is found as people find it: `by` is a page that links to it, and `path` a pattern of
the link. `{reference}` is the engagement of the scene `at`: a step, or a step with where it is signed. `{signer}`,
`{payer}` and `{link}` are doors the demo left: two with somebody behind them, and a link nobody opened.
"""

from dataclasses import dataclass

DATA_COLLECTION, INITIAL_SETUP, GO_LIVE = "data_collection", "initial_setup", "go_live"
AT_DOORS, AT_DOCUSIGN = "customer_approval_door", "customer_approval_docusign"
WORKSPACE = "/staff/engagements/{reference}/"


@dataclass(frozen=True)
class DemoPage:
    """One page; `who` is a role of the demo's users, empty for a visitor. A customer sees the company at step `at`."""

    name: str
    path: str
    who: str = ""
    at: str = ""
    by: str = ""
    status: int = 200

    @property
    def label(self) -> str:
        """Names its pictures."""
        return "-".join(part for part in (self.who or "visitor", self.at, self.name) if part).replace("_", "-")


VISITOR = {
    "gallery": "/gallery/",
    "sign-in": "/account/login/",
    "sign-in-code": "/account/login/code/",
    "password-reset": "/account/password/reset/",
    "register": "/register/",
    "verify": "/verify/",
    "docs": "/api/v1/docs/",
}
ACCOUNT = {
    "profile": "/account/",
    "password": "/account/password/change/",
    "email": "/account/email/",
    "second-factor": "/account/2fa/",
    "passkeys": "/account/2fa/webauthn/",
    "sessions": "/account/sessions/",
    "sign-out": "/account/logout/",
}
DOORS = {"door-link": "{link}", "door-agreement": "{signer}", "door-sign": "{signer}sign/", "door-invoice": "{payer}"}
SIGNING = {
    "home": "/",
    "step-05": "/steps/5/",
    "records": "/records/",
    "agreement": "/agreement/",
    "invoice": "/invoice/",
}
COLLECTING = {
    "home": "/",
    "contacts": "/contacts/",
    "contact": "/contacts/main/",
    "meetings": "/meetings/",
    "definition": "/questionnaires/solutions_definition/",
    "definition-part": "/questionnaires/solutions_definition/parts/purpose/",
    "definition-check": "/questionnaires/solutions_definition/check/",
    "definition-colleagues": "/questionnaires/solutions_definition/colleagues/",
    "definition-file": "/questionnaires/solutions_definition/file/",
    "definition-submissions": "/questionnaires/solutions_definition/submissions/",
    "technical": "/questionnaires/technical_details/",
    "technical-part": "/questionnaires/technical_details/parts/crm_records/",
    "technical-check": "/questionnaires/technical_details/check/",
    "technical-question": "/questionnaires/technical_details/questions/crm/",
    "documents": "/documents/",
    "follow-ups": "/follow-ups/",
    "requirements": "/requirements/",
    "requirement-threads": "/requirements/threads/",
    "agreement-early": "/agreement/",
    "connections-early": "/connections/",
    "go-live-early": "/go-live/",
}
SETTING_UP = {
    "home": "/",
    "records": "/records/",
    "domain": "/domain/",
    "authority": "/authority/",
    "agreement": "/agreement/",
    "invoice": "/invoice/",
    "plan": "/plan/",
    "setup": "/setup/",
    "connections": "/connections/",
    "technical-answered": "/questionnaires/technical_details/",
    "technical-submissions": "/questionnaires/technical_details/submissions/",
    "technical-submitted": "/questionnaires/technical_details/submitted/",
    "requirements": "/requirements/",
    "requirement": "/requirements/1/",
    "requirement-threads": "/requirements/threads/",
    "change-request": "/requirements/changes/1/",
    "people": "/people/",
    "tokens": "/people/tokens/",
}
LIVE = (
    "documents meetings follow-ups requirements plan setup connections registration flows blueprint pilot training go-live support "
    "timeline people"
).split()
FOUND = (
    ("document-request", r"/documents/requests/\d+/", DATA_COLLECTION, "/documents/"),
    ("member", r"/people/\d+/", INITIAL_SETUP, "/people/"),
    ("setup-task", r"/setup/tasks/\d+/", INITIAL_SETUP, "/setup/"),
    ("document", r"/documents/[0-9a-f-]{36}/", GO_LIVE, "/documents/"),
    ("transcript", r"/meetings/\d+/transcript/", GO_LIVE, "/meetings/"),
    ("setup-task", r"/setup/tasks/\d+/", GO_LIVE, "/setup/"),
    ("connection", r"/connections/\d+/", GO_LIVE, "/connections/"),
    ("flow", r"/flows/\d+/", GO_LIVE, "/flows/"),
    ("manual", r"/training/[a-z-]+/", GO_LIVE, "/training/"),
)
STAFF = {"board": "/staff/", "list": "/staff/list/", "reviews": "/staff/reviews/", "flows": "/staff/flows/"}
BANK = {"": "", "all": "?state=all", "statements": "statements/", "second": "second/"}
DESKS = {
    DATA_COLLECTION: "company specialist meetings contacts documents questionnaires move hold remind notes preview "
    "questionnaires/solutions_definition questionnaires/solutions_definition/questions/objective requirements follow-ups",
    INITIAL_SETUP: "timeline verification agreement invoice plan setup connections questionnaires/technical_details "
    "questionnaires/technical_details/submissions requirements requirements/1 "
    "requirements/threads requirements/changes/1",
    AT_DOORS: "verification agreement invoice",
    AT_DOCUSIGN: "agreement",
    GO_LIVE: "meetings follow-ups documents solution connections flows blueprint pilot training go-live support move timeline steps/9",
}
DESK_FOUND = (
    ("document", r"/staff/documents/[0-9a-f-]{36}/", "documents/"),
    ("flow", rf"{WORKSPACE}flows/\d+/", "flows/"),
    ("transcript", rf"{WORKSPACE}meetings/\d+/transcript/", "meetings/"),
)


def pages() -> list[DemoPage]:
    return [
        *(DemoPage(name, path) for name, path in (VISITOR | DOORS).items()),
        DemoPage("invitation-gone", "/join/nothing-of-the-kind/", status=410),
        DemoPage("not-found", "/nothing/", status=404),
        *(DemoPage(name, path, "owner", DATA_COLLECTION) for name, path in COLLECTING.items()),
        *(DemoPage(name, path, "owner", AT_DOORS) for name, path in SIGNING.items()),
        DemoPage("agreement", "/agreement/", "owner", AT_DOCUSIGN),
        DemoPage("sign-elsewhere", "/agreement/sign/elsewhere/", "owner", AT_DOCUSIGN),
        *(DemoPage(name, path, "owner", INITIAL_SETUP) for name, path in SETTING_UP.items()),
        DemoPage("home", "/", "owner", GO_LIVE),
        *(DemoPage(f"step-{number:02}", f"/steps/{number}/", "owner", GO_LIVE) for number in range(1, 13)),
        *(DemoPage(name, f"/{name}/", "owner", GO_LIVE) for name in LIVE),
        *(DemoPage(name, path, "owner", at, by) for name, path, at, by in FOUND),
        DemoPage("home", "/", "viewer", DATA_COLLECTION),
        DemoPage("agreement", "/agreement/", "viewer", INITIAL_SETUP),
        *(DemoPage(name, path, "technical", INITIAL_SETUP) for name, path in ACCOUNT.items()),
        *staff_pages(),
    ]


def staff_pages() -> list[DemoPage]:
    return [
        *(DemoPage(name, path, "specialist") for name, path in STAFF.items()),
        *(DemoPage("workspace", WORKSPACE, "specialist", at) for at in DESKS),
        *(
            DemoPage(place.replace("/", "-"), f"{WORKSPACE}{place}/", "specialist", at)
            for at, places in DESKS.items()
            for place in places.split()
        ),
        *(DemoPage(name, path, "specialist", GO_LIVE, f"{WORKSPACE}{by}") for name, path, by in DESK_FOUND),
        DemoPage("workspace", WORKSPACE, "lead", DATA_COLLECTION),
        *(DemoPage("invoice", f"{WORKSPACE}invoice/", "finance", at) for at in (AT_DOORS, INITIAL_SETUP)),
        *(DemoPage(f"bank-{name}".rstrip("-"), f"/staff/bank/{path}", "finance") for name, path in BANK.items()),
        DemoPage("bank-entry", r"/staff/bank/entries/\d+/", "finance", by="/staff/bank/?state=all"),
        DemoPage("workspace", WORKSPACE, "auditor", GO_LIVE),
    ]
