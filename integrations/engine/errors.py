"""The catalogue: every way another system can refuse us, in words, with who can fix it and what to do now."""

from dataclasses import dataclass
from enum import StrEnum

from integrations import net


class Fixer(StrEnum):
    """Who can put it right."""

    CUSTOMER_IT = "customer_it"
    CUSTOMER_ADMIN = "customer_admin"
    SPECIALIST = "specialist"
    VENDOR = "vendor"
    US = "us"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One class of failure. `retry_helps`: the same call may succeed later without anybody doing anything."""

    code: str
    words: str
    who_can_fix: Fixer
    what_to_do: str
    retry_helps: bool = False


def _entry(code: str, who: Fixer, words: str, what_to_do: str, *, retry_helps: bool = False) -> Entry:
    return Entry(code=code, words=words, who_can_fix=who, what_to_do=what_to_do, retry_helps=retry_helps)


_IT, _ADMIN, _SPECIALIST, _VENDOR, _US = Fixer
_ENTRIES = (
    # Reaching the system
    _entry("name_not_found", _ADMIN, "No system answers to this name.", "Check the address for a typing mistake."),
    _entry(
        "name_unanswered", _US, "The name service did not answer.", "Nothing to do: we try again.", retry_helps=True
    ),
    _entry(
        "host_not_allowed",
        _ADMIN,
        "This address does not belong to the vendor.",
        "Give the address of your own organisation at the vendor, with https:// and without a port.",
    ),
    _entry(
        "address_refused",
        _IT,
        "The name leads to an address inside a private network.",
        "Give a name that can be reached from the internet, or ask us to allow your network.",
    ),
    _entry(
        "port_closed", _IT, "The system refuses connections.", "Check that the service runs and the firewall lets it."
    ),
    _entry(
        "port_silent",
        _IT,
        "The system does not answer the door.",
        "Ask who runs the firewall to allow outgoing port 443 to this name.",
        retry_helps=True,
    ),
    _entry("tls_failed", _IT, "The system's certificate can't be trusted.", "Renew it, or give the name it is made for."),
    _entry("trust_missing", _US, "Our list of trusted certificates is missing.", "We have to repair our set-up."),
    _entry(
        "timed_out", _VENDOR, "The system took too long to answer.", "Nothing to do: we try again.", retry_helps=True
    ),
    _entry("broken_off", _VENDOR, "The connection broke off.", "Nothing to do: we try again.", retry_helps=True),
    _entry("redirected", _ADMIN, "The address points on to another one.", "Give the final address of your organisation."),
    _entry("too_large", _US, "The answer was larger than we accept.", "Tell us: we have to look at it."),
    _entry(
        "vendor_error", _VENDOR, "The vendor's service has a problem.", "Nothing to do: we try again.", retry_helps=True
    ),
    _entry("not_understood", _US, "The answer was not in the form the vendor promises.", "Tell us: we have to look at it."),
    # Signing in
    _entry(
        "credentials_refused",
        _ADMIN,
        "The vendor does not accept these credentials.",
        "Copy them again from the vendor's page and save them here.",
    ),
    _entry("app_refused", _US, "The vendor does not accept our app.", "We have to repair our app's registration."),
    _entry(
        "auth_expired", _VENDOR, "The session ended.", "Nothing to do: we sign in again.", retry_helps=True
    ),
    _entry("auth_revoked", _ADMIN, "The connection was ended at the vendor.", "Press Connect to give consent again."),
    _entry("user_inactive", _ADMIN, "The integration user is switched off.", "Switch the user on, or choose another."),
    _entry("not_connected", _ADMIN, "Nobody has connected this system yet.", "Press Connect and give consent."),
    _entry(
        "wrong_company",
        _ADMIN,
        "This is another company than the one connected before.",
        "Connect with the company this engagement is about.",
    ),
    _entry(
        "wrong_environment",
        _ADMIN,
        "Sandbox and production must not meet.",
        "Connect the environment this connection is meant for.",
    ),
    # Rights
    _entry(
        "permission",
        _ADMIN,
        "The integration user lacks a right.",
        "Give the user the rights that are listed, then check again.",
    ),
    _entry("api_disabled", _ADMIN, "This edition has no API.", "Switch the API on, or move to an edition that has it."),
    _entry(
        "company_inactive",
        _ADMIN,
        "The company's subscription has ended or is suspended.",
        "Renew the subscription at the vendor.",
    ),
    # Traffic
    _entry(
        "rate_limited", _VENDOR, "The vendor asks us to slow down.", "Nothing to do: we wait and go on.", retry_helps=True
    ),
    # Records
    _entry(
        "duplicate",
        _SPECIALIST,
        "A record of this name is there already.",
        "Rename one of the two, or tie them together by a binding run.",
    ),
    _entry(
        "stale", _VENDOR, "Somebody changed the record at the same moment.", "Nothing to do: we read it again.",
        retry_helps=True,
    ),
    _entry("locked", _VENDOR, "The record is locked just now.", "Nothing to do: we try again.", retry_helps=True),
    _entry("not_found", _SPECIALIST, "The record is not there.", "Check whether somebody deleted it."),
    _entry("ambiguous", _SPECIALIST, "Several records carry the same key.", "Leave the key on one of them only."),
    _entry("required_missing", _SPECIALIST, "A required value is missing.", "Fill it in at the source, or map it."),
    _entry("too_long", _SPECIALIST, "A value is too long.", "Shorten it at the source, or map it with a cut."),
    _entry("field_missing", _SPECIALIST, "A field is not there, or hidden.", "Create it, and let the user see it."),
    _entry("validation", _SPECIALIST, "The vendor refuses a value.", "Correct the value that is named."),
    _entry("reference", _SPECIALIST, "A record that this one needs is missing.", "Move the needed record first."),
    # Meetings: accounts at these vendors are ours, hosts are our specialists
    _entry(
        "app_rights_missing",
        _US,
        "Our app at the vendor lacks a right.",
        "We have to grant our app the right that is named.",
    ),
    _entry(
        "app_ended",
        _US,
        "Our account at the vendor has ended, or its plan does not include this.",
        "We have to renew or extend our plan at the vendor.",
    ),
    _entry(
        "host_unknown",
        _SPECIALIST,
        "The vendor knows no host with this e-mail address.",
        "Choose another host, or ask for an account of this address at the vendor.",
    ),
    _entry(
        "host_unlicensed",
        _SPECIALIST,
        "This host may not hold meetings at the vendor.",
        "Choose another host, or ask for a licence for this one.",
    ),
    _entry(
        "daily_limit",
        _SPECIALIST,
        "This host has used up today's changes to meetings.",
        "Choose another host or another way to meet; otherwise we try again when the vendor's day has ended.",
        retry_helps=True,
    ),
    _entry(
        "meeting_gone",
        _SPECIALIST,
        "The meeting is not there: not held yet, cancelled or deleted at the vendor.",
        "Schedule it again if it shall be held.",
    ),
    _entry(
        "transcript_missing",
        _SPECIALIST,
        "The notetaker has no transcript of this meeting.",
        "Wait if the meeting has just ended; otherwise upload minutes instead.",
    ),
    # Signing at another provider
    _entry(
        "esign_not_set_up",
        _US,
        "This installation has no account at the provider any more.",
        "We have to put the provider's credentials back. The agreement goes on by itself once they are there.",
        retry_helps=True,
    ),
    _entry(
        "consent_missing",
        _US,
        "Nobody has allowed our app to sign in as our user at the vendor.",
        "We have to give our app its consent once, at the vendor's consent page.",
    ),
    _entry(
        "envelope_gone",
        _SPECIALIST,
        "The envelope is not there: deleted at the vendor, or of another account.",
        "Void the agreement and draft it anew.",
    ),
    _entry(
        "envelope_over",
        _SPECIALIST,
        "The envelope is completed, declined or voided at the vendor already.",
        "Look at the envelope at the vendor.",
    ),
    _entry(
        "signer_unknown",
        _SPECIALIST,
        "The vendor does not let this person sign now.",
        "Use the link in the vendor's mail, or check the signer's name and e-mail address.",
    ),
    # Payment by card: the account at the payment service is ours
    _entry(
        "amount_unfit",
        _US,
        "The payment service does not take this amount.",
        "Pay by bank transfer, or in parts.",
    ),
    _entry("key_used", _US, "The payment service was asked two things under one key.", "Start the payment anew."),
    _entry("refunded_already", _US, "All of this payment was sent back already.", "Nothing to do: look at the refunds."),
    _entry("charge_disputed", _US, "This payment is disputed.", "Answer the dispute at the payment service first."),
    # Sealing
    _entry(
        "stamp_refused",
        _US,
        "The time stamp authority refuses to give us a time stamp.",
        "We have to look at our contract with the authority, then try again.",
    ),
    _entry(
        "stamp_unsound",
        _US,
        "The time stamp does not fit what it was asked for, or its certificate can't be trusted.",
        "We have to look at TSA_URL and SEAL_TRUST, then try again.",
    ),
    _entry(
        "seal_key_unfit",
        _US,
        "Our sealing certificate is missing, has expired or can't be read.",
        "We have to set a good one. The document is sealed by itself once it is there.",
        retry_helps=True,
    ),
    _entry(
        "scanner_down", _US, "Our virus scanner does not answer.", "Nothing to do: we try again.", retry_helps=True
    ),
    _entry("unsupported", _US, "The vendor does not offer this.", "We have to find another way."),
    _entry("unexpected", _US, "Something we did not expect.", "Tell us: we have to look at it."),
)  # fmt: skip

CATALOGUE: dict[str, Entry] = {entry.code: entry for entry in _ENTRIES}


class Failure(Exception):
    """Another system refused, or was not reached. Carries the catalogue's entry and what the vendor said, redacted."""

    def __init__(
        self,
        entry: Entry,
        *,
        vendor: str = "",
        vendor_code: str = "",
        vendor_message: str = "",
        request_id: str = "",
        http_status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        self.entry = entry
        self.vendor = vendor
        self.vendor_code = vendor_code
        self.vendor_message = net.redact(vendor_message)
        self.request_id = request_id
        self.http_status = http_status
        self.retry_after = retry_after
        super().__init__(f"{vendor} {entry.code} {vendor_code}: {self.vendor_message}".strip())

    @property
    def code(self) -> str:
        return self.entry.code

    def details(self) -> dict[str, object]:
        """What support needs, without empty entries: JSON values only."""
        known = {
            "class": self.entry.code,
            "vendor_code": self.vendor_code,
            "vendor_message": self.vendor_message,
            "request_id": self.request_id,
            "http_status": self.http_status,
            "retry_after": self.retry_after,
        }
        return {name: value for name, value in known.items() if value not in ("", None)}

    def as_dict(self) -> dict[str, object]:
        """The whole failure as JSON values: class, words, who can fix it, what to do, whether retry helps, details."""
        entry = self.entry
        return {
            "words": entry.words,
            "who_can_fix": str(entry.who_can_fix),
            "what_to_do": entry.what_to_do,
            "retry_helps": entry.retry_helps,
            **self.details(),
        }


class TemporaryFailure(Failure):
    """The same call may succeed later."""


class PermanentFailure(Failure):
    """Somebody has to do something first."""


def failure(code: str, **about: object) -> Failure:
    """The failure of this catalogue code, temporary or permanent as the entry says; KeyError for an unknown code."""
    entry = CATALOGUE[code]
    kind = TemporaryFailure if entry.retry_helps else PermanentFailure
    return kind(entry, **about)  # type: ignore[arg-type]


def from_outbound(error: net.OutboundError, *, vendor: str) -> Failure:
    """A call that never got an answer, in the catalogue's words."""
    return failure(error.code, vendor=vendor, vendor_message=error.detail)
