"""The check ladder: from the name of a system up to a record written, read back and cleaned away, rung by rung."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from integrations import net
from integrations.addresses import check_url, open_socket, resolve
from integrations.engine.connector import READ, Connector, FieldWish, Identity
from integrations.engine.errors import Failure, failure, from_outbound
from integrations.engine.fields import difference
from integrations.engine.mapping import as_text
from integrations.engine.patience import patiently

PASSED, FAILED, WARNED, SKIPPED, WAITING = "passed", "failed", "warned", "skipped", "waiting"
CANARY_PREFIX = "ZZZ-Test"
CERTIFICATE_WARNING = timedelta(days=14)


@dataclass(frozen=True, kw_only=True)
class Canary:
    """The throw-away record: its object, the field that holds its name, and further values."""

    object: str
    name_field: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Target:
    """What is climbed.

    `expected_identity` None on the first connect: then whoever answers is right. `rights`: object → rights needed.
    `canary` None: look only, write nothing. `run` names this climb: two climbs of one run write one canary.
    """

    connector: Connector
    run: str
    expected_identity: str | None = None
    expects_sandbox: bool | None = None
    rights: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fields: tuple[FieldWish, ...] = ()
    canary: Canary | None = None


@dataclass(frozen=True, kw_only=True)
class Rung:
    """One rung's result. `ms` is its time, `details` holds JSON values: vendor code, request id, status, tries."""

    code: str
    title: str
    state: str = WAITING
    ms: int = 0
    words: str = ""
    who_can_fix: str = ""
    what_to_do: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """JSON values, keys as the attributes."""
        return {
            "code": self.code,
            "title": self.title,
            "state": self.state,
            "ms": self.ms,
            "words": self.words,
            "who_can_fix": self.who_can_fix,
            "what_to_do": self.what_to_do,
            "details": dict(self.details),
        }


@dataclass(frozen=True)
class _Result:
    words: str
    details: Mapping[str, Any] = field(default_factory=dict)
    trouble: Failure | None = None
    is_warning: bool = False


class _Climb:
    """What one climb learns on its way up."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.connector = target.connector
        self.canary = target.canary or Canary(object="", name_field="")  # without one no rung of writing is climbed
        self.canary_name = f"{CANARY_PREFIX} {target.run}"
        self.has_written = False
        self.canary_id = ""

    # --- Reaching ---

    def name(self) -> _Result:
        host, port = self.connector.endpoint()
        check_url(f"https://{host}:{port}", self.connector.rules)
        addresses = resolve(host, port)
        return _Result(f"{host} has {_count(len(addresses), 'address', 'addresses')}.", {"host": host})

    def port(self) -> _Result:
        host, port = self.connector.endpoint()
        open_socket(host, port, seconds=self.connector.rules.connect_seconds).close()
        return _Result(f"Port {port} is open.", {"port": port})

    def tls(self) -> _Result:
        greeting = net.handshake(*self.connector.endpoint(), self.connector.rules)
        details = {"tls": greeting.version, "issuer": greeting.issuer, "expires_at": greeting.expires_at.isoformat()}
        if greeting.expires_at - datetime.now(tz=UTC) < CERTIFICATE_WARNING:
            words = f"The certificate ends on {greeting.expires_at:%-d %B %Y}."
            return _Result(words, details, failure("tls_failed"), is_warning=True)
        return _Result(f"{greeting.version}; the certificate is good until {greeting.expires_at:%-d %B %Y}.", details)

    # --- Who and what ---

    def sign_in(self) -> _Result:
        self.connector.sign_in()
        return _Result("Signed in.")

    def identity(self) -> _Result:
        found = self.connector.identify()
        details = {"id": found.id, "name": found.name, "is_sandbox": found.is_sandbox, **found.extra}
        expected = self.target.expected_identity
        if expected and found.id != expected:
            return _Result(f"This is {found.name}, another company.", details, failure("wrong_company"))
        if self.target.expects_sandbox not in (None, found.is_sandbox):
            words = f"{found.name} is a {'sandbox' if found.is_sandbox else 'production'} environment."
            return _Result(words, details, failure("wrong_environment"))
        return _Result(_greeting(found), details)

    def rights(self) -> _Result:
        missing: dict[str, list[str]] = {}
        untried: dict[str, list[str]] = {}
        for name, needed in self.target.rights.items():
            held = self.connector.describe(name).rights
            if lacking := [right for right in needed if held.get(right) is False]:
                missing[name] = lacking
            if unknown := [right for right in needed if held.get(right) is None]:
                untried[name] = unknown
        details = {"missing": missing, "proven_by_writing": untried}
        if missing:
            lacks = "; ".join(f"{name}: {', '.join(rights)}" for name, rights in missing.items())
            return _Result(f"Missing rights: {lacks}.", details, failure("permission"))
        if untried:
            shows = "; ".join(f"{name}: {', '.join(rights)}" for name, rights in untried.items())
            return _Result(f"Reading is granted. Only writing shows the rest ({shows}).", details)
        return _Result(f"All rights on {', '.join(self.target.rights) or 'nothing'}.", details)

    def fields(self) -> _Result:
        schemas = {name: self.connector.describe(name) for name in {wish.object for wish in self.target.fields}}
        found = [(wish, schemas[wish.object].field(wish.name)) for wish in self.target.fields]
        missing = [wish for wish, there in found if there is None and not wish.is_optional]
        absent = [wish for wish, there in found if there is None and wish.is_optional]
        differing = [(wish, why) for wish, there in found if there and (why := difference(wish, there))]
        details = {
            "present": [_path(wish) for wish, there in found if there],
            "missing": [_path(wish) for wish in missing],
            "optional_missing": [_path(wish) for wish in absent],
            "differs": {_path(wish): why for wish, why in differing},
        }
        if missing:
            words = f"Not there, or hidden from the user: {', '.join(wish.label for wish in missing)}."
            return _Result(words, details, failure("field_missing"))
        if differing:
            words = "; ".join(f"{wish.label}: {why}" for wish, why in differing)
            return _Result(words, details, failure("field_missing"))
        if absent:
            words = f"Without {', '.join(wish.label for wish in absent)}: records are bound by their stored id."
            return _Result(words, details, failure("field_missing"), is_warning=True)
        return _Result(f"{_count(len(found), 'field', 'fields')} there and visible.", details)

    # --- Records ---

    def read(self) -> _Result:
        counts = {name: self.connector.count(name) for name, needed in self.target.rights.items() if READ in needed}
        for name in counts:
            self.connector.changed_since(name, cursor=None, limit=1)
        words = ", ".join(f"{_count(number, 'record', 'records')} of {name}" for name, number in counts.items())
        return _Result(f"Read: {words}." if counts else "Nothing to read.", {"records": counts})

    def write(self) -> _Result:
        canary, name = self.canary, self.canary_name
        left = self.connector.find(canary.object, where={canary.name_field: name})
        self.has_written = True
        if left:
            self.canary_id = left[0].id
        else:
            values = {**canary.values, canary.name_field: name}
            self.canary_id = self.connector.create(canary.object, values, key=f"canary-{self.target.run}")
        return _Result(f"Wrote “{name}”.", {"record": self.canary_id})

    def read_back(self) -> _Result:
        canary, name = self.canary, self.canary_name
        found = self.connector.read(canary.object, self.canary_id).values
        wanted = {**canary.values, canary.name_field: name}
        wrong = [key for key, value in wanted.items() if as_text(found.get(key)) != value]
        if wrong:
            return _Result(f"Came back changed: {', '.join(wrong)}.", {"fields": wrong}, failure("not_understood"))
        return _Result("Read back as written.")

    def clean_up(self) -> _Result:
        canary, name = self.canary, self.canary_name
        for record in self.connector.find(canary.object, where={canary.name_field: name}):
            self.connector.remove(canary.object, record.id)
        if self.connector.find(canary.object, where={canary.name_field: name}):
            return _Result(f"“{name}” is still there.", {}, failure("permission"))
        return _Result("The test record is gone.")


TITLES = {
    "name": "The name is known",
    "port": "The port is open",
    "tls": "The connection is private",
    "sign_in": "Signing in",
    "identity": "The right company",
    "rights": "Rights on every object",
    "fields": "Custom fields are there",
    "read": "Reading a record",
    "write": "Writing a test record",
    "read_back": "Reading it back",
    "clean_up": "Cleaning up",
}
_WRITING = ("write", "read_back", "clean_up")
# A missing custom field stops flows, not the check of reading and writing.
_GOES_ON = frozenset({"fields", "read_back", "clean_up"})


def plan() -> list[Rung]:
    """Every rung, waiting: what a page shows before the first result."""
    return [Rung(code=code, title=title, words="Waits for its turn.") for code, title in TITLES.items()]


def climb(
    target: Target,
    *,
    on_rung: Callable[[Rung], None],
    cancelled: Callable[[], bool] = lambda: False,
    pause: Callable[[float], None] = time.sleep,
) -> list[Rung]:
    """Climb the ladder; every rung's final result goes to `on_rung` as it is known, and all are returned in order.

    Stops where going on makes no sense: the rest is skipped. Tries again only what trying again can help. What was
    written is cleaned away even when the climb is cancelled or a later rung fails.
    """
    way = _Climb(target)
    rungs: list[Rung] = []
    why_not = ""
    for rung in plan():
        if not why_not and cancelled():
            why_not = "Stopped on request."
        result = _one(way, rung, why_not=why_not, cancelled=cancelled, pause=pause)
        if result.state == FAILED and rung.code not in _GOES_ON:
            why_not = why_not or "Waits for the rung above."
        rungs.append(result)
        on_rung(result)
    return rungs


def _one(
    way: _Climb, rung: Rung, *, why_not: str, cancelled: Callable[[], bool], pause: Callable[[float], None]
) -> Rung:
    if rung.code in _WRITING and way.target.canary is None:
        return replace(rung, state=SKIPPED, words="Not asked for: this check only reads.")
    if why_not and not (rung.code == "clean_up" and way.has_written):
        return replace(rung, state=SKIPPED, words=why_not)
    started, tries = time.monotonic(), [0]
    try:
        probe: Callable[[], _Result] = getattr(way, rung.code)
        result = patiently(
            lambda: _translated(probe, way.connector.system),
            pause=pause,
            cancelled=cancelled,
            on_try=lambda number: tries.__setitem__(0, number),
        )
    except Failure as trouble:
        result = _Result(trouble.entry.words, trouble.details(), trouble)
    details = {**result.details, "tries": tries[0]} if tries[0] > 1 else result.details
    return _finished(rung, result, details, ms=round((time.monotonic() - started) * 1000))


def _translated(probe: Callable[[], _Result], vendor: str) -> _Result:
    try:
        return probe()
    except net.OutboundError as error:
        raise from_outbound(error, vendor=vendor) from error


def _finished(rung: Rung, result: _Result, details: Mapping[str, Any], *, ms: int) -> Rung:
    done = replace(rung, ms=ms, words=result.words, details=details)
    if result.trouble is None:
        return replace(done, state=PASSED)
    entry = result.trouble.entry
    return replace(
        done,
        state=WARNED if result.is_warning else FAILED,
        who_can_fix=str(entry.who_can_fix),
        what_to_do=entry.what_to_do,
        details={"class": entry.code, "retry_helps": entry.retry_helps, **details},
    )


def passed(rungs: list[Rung]) -> bool:
    """Whether the climb proves the connection: no rung failed, and none was skipped but those not asked for."""
    proven = {rung.code for rung in rungs if rung.state in (PASSED, WARNED)}
    return proven >= set(TITLES) - set(_WRITING) and all(rung.state != FAILED for rung in rungs)


def _greeting(found: Identity) -> str:
    return f"{found.name} ({'sandbox' if found.is_sandbox else 'production'})."


def _path(wish: FieldWish) -> str:
    return f"{wish.object}.{wish.name}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
