"""What can be made to go wrong, for whom and how often. A test sets a fault; the stand-ins obey it."""

from dataclasses import dataclass
from typing import Any

from integrations.sandbox.state import Body, Store

EVERY_TENANT = "*"
BOTH = frozenset({"salesforce", "quickbooks"})
ZOOM = frozenset({"zoom"})
NOTES = frozenset({"fireflies"})
GOOGLE = frozenset({"google"})
TSA = frozenset({"tsa"})
DNS = frozenset({"dns"})
STRIPE = frozenset({"stripe"})
DOCUSIGN = frozenset({"docusign"})
VIDEO = ZOOM | GOOGLE
WEBHOOKS = ZOOM | NOTES | STRIPE | DOCUSIGN
EVERY = BOTH | VIDEO | WEBHOOKS | TSA | DNS


@dataclass(frozen=True)
class Fault:
    """One switch. `count` is how many calls it lasts when the caller doesn't say; None: until switched off."""

    words: str
    vendors: frozenset[str] = BOTH
    count: int | None = None
    is_deed: bool = False  # done at once instead of waiting for the next call


FAULTS = {
    "expire_token": Fault("every access token given out so far dies now", BOTH | VIDEO | DOCUSIGN, is_deed=True),
    "revoke_refresh": Fault("every refresh token given out so far dies now", is_deed=True),
    "throttle": Fault("the next `count` calls are refused as too many (Google: under 403, or `value`)", EVERY),
    "timeout": Fault("the next call waits `value` seconds before it is answered", EVERY, count=1),
    "server_error_once": Fault("the next call fails with a server error; nothing is done", EVERY, count=1),
    "lost_answer": Fault("the next write is done, but its answer is a gateway error", EVERY, count=1),
    "hide_field": Fault("the field `value` (X or Object.X) can't be seen or written"),
    "readonly_user": Fault("every write is refused"),
    "duplicate_name": Fault("the next create is refused as a duplicate", count=1),
    "stale_next": Fault("the next update is refused: somebody else changed the record", count=1),
    "wrong_company": Fault("the sign-in leads to the tenant `value` instead", count=1),
    "company_inactive": Fault("the subscription has ended", frozenset({"quickbooks"})),
    "not_admin": Fault("the person who consented is no admin any more", frozenset({"quickbooks"})),
    "no_custom_fields": Fault("the company's plan has no custom field definitions", frozenset({"quickbooks"})),
    "api_disabled": Fault("the org's edition has no API", frozenset({"salesforce"})),
    "no_customize": Fault("the user may not create fields", frozenset({"salesforce"})),
    "inactive_user": Fault("the integration user is switched off", frozenset({"salesforce"})),
    "app_ended": Fault("our app there is switched off", VIDEO | NOTES),
    "no_scope": Fault("our app lacks the scope `value`", ZOOM),
    "single_token": Fault("a new token ends the one before", ZOOM),
    "daily_limit": Fault("the host has used up the day's meetings", VIDEO, count=1),
    "no_delegation": Fault("our service account may act for nobody any more", GOOGLE),
    "conference_slow": Fault("the next video link is there after `value` (3) looks", GOOGLE, count=1),
    "conference_fails": Fault("the next video link can't be made", GOOGLE, count=1),
    "out_of_credits": Fault("the plan's allowance is used up", NOTES),
    "join_refused": Fault("the notetaker can't join the next meeting", NOTES, count=1),
    "missing_is_null": Fault("a transcript that is not there is told as null, without an error", NOTES),
    "transcript_delayed": Fault("the next transcript takes `value` (60) seconds", NOTES, count=1),
    "summary_delayed": Fault("the next summary takes `value` (60) seconds more", NOTES, count=1),
    "summary_failed": Fault("the next meeting gets no summary", NOTES, count=1),
    "stamp_refused": Fault("the next time stamp is refused: the subscription has ended", TSA, count=1),
    "wrong_imprint": Fault("the next time stamp stands over another hash", TSA, count=1),
    "nxdomain": Fault("there is no such domain", DNS, count=1),
    "servfail": Fault("the name server fails", DNS, count=1),
    "truncated": Fault("the answer does not fit into a datagram", DNS, count=1),
    "many_records": Fault("60 other TXT records stand beside", DNS, count=1),
    "wrong_value": Fault("every TXT record ends on another letter", DNS, count=1),
    "bank_slow": Fault("the bank of the next direct debit answers after `value` (60) seconds", STRIPE, count=1),
    "no_consent": Fault("our user's consent to our app is withdrawn", DOCUSIGN),
    "search_behind": Fault("the next search does not find what was just made", DOCUSIGN, count=1),
    "slow_answer": Fault("the next write is done, its answer waits `value` (60) seconds", DOCUSIGN, count=1),
    "file_broken": Fault("the next signed file is no PDF", DOCUSIGN, count=1),
    "webhook_late": Fault("the next webhook leaves `value` (30) seconds later", DOCUSIGN, count=1),
    "webhook_twice": Fault("the next webhook comes twice", WEBHOOKS, count=1),
    "webhook_out_of_order": Fault("of the next two webhooks the second comes first", WEBHOOKS, count=1),
    "webhook_forged": Fault("the next webhook is signed by a stranger", WEBHOOKS, count=1),
    "webhook_old": Fault("the next webhook claims to be `value` (600) seconds old", WEBHOOKS, count=1),
}


class UnknownFault(ValueError):
    """No such switch, or not for that vendor."""


class Faults:
    """The switches that are on now."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def switch_on(self, *, vendor: str, tenant: str, fault: str, count: int | None = None, value: Any = None) -> Body:
        known = FAULTS.get(fault)
        if known is None or vendor not in known.vendors:
            raise UnknownFault(f"{vendor} has no fault {fault}; it has {', '.join(names(vendor))}")
        row = {"vendor": vendor, "tenant": tenant, "fault": fault, "left": count or known.count, "value": value}
        if not known.is_deed:
            self._store.put(
                "fault", vendor, f"{tenant}/{fault}/{value}" if fault == "hide_field" else f"{tenant}/{fault}", row
            )
        return row

    def switch_off(self, *, vendor: str = "", tenant: str = "", fault: str = "") -> int:
        wanted = {"vendor": vendor, "tenant": tenant, "fault": fault}
        gone = 0
        for owner in [vendor] if vendor else sorted(EVERY):
            for key in self._store.keys("fault", owner):
                row = self._store.get("fault", owner, key)
                if row and all(not asked or row[name] == asked for name, asked in wanted.items()):
                    self._store.remove("fault", owner, key)
                    gone += 1
        return gone

    def every(self) -> list[Body]:
        return [row for vendor in sorted(EVERY) for row in self._store.all("fault", vendor)]

    def on(self, vendor: str, tenant: str, fault: str) -> Body | None:
        """The switch, if it is on; it stays as it is."""
        rows = (self._store.get("fault", vendor, f"{owner}/{fault}") for owner in (tenant, EVERY_TENANT))
        return next((row for row in rows if row), None)

    def take(self, vendor: str, tenant: str, fault: str) -> Body | None:
        """The switch, if it is on; one of its remaining times is used up."""
        with self._store.transaction():
            row = self.on(vendor, tenant, fault)
            if row is None or row["left"] is None:
                return row
            key = f"{row['tenant']}/{fault}"
            rest = {**row, "left": row["left"] - 1} if row["left"] > 1 else None
            # What the fault makes fail is undone; that it struck is not.
            self._store.set_lasting("fault", vendor, key, rest)
            return row

    def hidden(self, vendor: str, tenant: str) -> set[str]:
        """Names of the fields nobody may see, as they were given: `Phone` or `Account.Phone`."""
        rows = self._store.all("fault", vendor)
        return {
            row["value"] for row in rows if row["fault"] == "hide_field" and row["tenant"] in (tenant, EVERY_TENANT)
        }


def names(vendor: str) -> list[str]:
    return sorted(name for name, fault in FAULTS.items() if vendor in fault.vendors)
