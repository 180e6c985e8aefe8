"""A time stamp authority (RFC 3161) as pyHanko asks one, through our own way out and with every answer judged.

    stamper = Stamper(url, roots=[…])        roots: certificates its own must lead to
    seal.seal(pdf, key=…, timestamper=stamper, …)

Raises engine.errors.Failure: what doesn't fit the question is no stamp.

http will do beside https, as many public authorities have it: we send a hash and a nonce, neither of them a secret, and
take a token only when its signature leads to our root and names both; who changes it on the way gets nothing taken.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from asn1crypto import cms, core, tsp, x509
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko_certvalidator import ValidationContext

from integrations import net
from integrations.addresses import OutboundError, Rules
from integrations.engine.errors import Failure, failure, from_outbound

VENDOR = "tsa"
QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"
GRANTED = {"granted", "granted_with_mods"}
LATER = {"time_not_available", "system_failure"}


class Reply(core.Sequence):
    """As the standard has it: without a token where there is none to give."""

    _fields = [("status", tsp.PKIStatusInfo), ("time_stamp_token", cms.ContentInfo, {"optional": True})]


class Stamper(TimeStamper):
    """Gives time stamps of one authority."""

    def __init__(self, url: str, *, roots: Iterable[x509.Certificate], seconds: float = 20) -> None:
        super().__init__(include_nonce=True)
        self.url = url
        self.roots = list(roots)
        self.rules = Rules(vendor=VENDOR, hosts=(urlsplit(url).hostname or "",), total_seconds=seconds, plain=True)

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """A token over this digest, sound, with our nonce, by a certificate for time stamps that leads to a root."""
        nonce, query = self.request_cms(message_digest, md_algorithm)
        reply = await self.async_request_tsa_response(query)
        try:
            _require_granted(reply)
            token: cms.ContentInfo = reply["time_stamp_token"]
            info = token["content"]["encap_content_info"]["content"].parsed
            given, imprint = info["nonce"].native, info["message_imprint"]["hashed_message"].native
        except (ValueError, TypeError, KeyError, AttributeError):
            raise failure("not_understood", vendor=VENDOR) from None
        if given != nonce or imprint != message_digest:
            raise failure("stamp_unsound", vendor=VENDOR, vendor_message="It stands over something else.")
        await self._require_sound(token, message_digest)
        return token

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> Reply:
        """The authority's reply, read but not judged yet."""
        headers = {"Content-Type": QUERY, "Accept": REPLY}
        try:
            answer = net.client(self.rules).post(self.url, content=req.dump(), headers=headers)
        except OutboundError as error:
            raise from_outbound(error, vendor=VENDOR) from error
        if trouble := _trouble(answer):
            raise trouble
        try:
            return Reply.load(answer.content, strict=True)
        except (ValueError, TypeError):
            raise failure("not_understood", vendor=VENDOR) from None

    async def _require_sound(self, token: cms.ContentInfo, digest: bytes) -> None:
        context = ValidationContext(trust_roots=self.roots, allow_fetching=False)
        try:
            status = await validate_tst_signed_data(token["content"], context, lambda _: digest)
            is_sound = status["intact"] and status["valid"] and status["trust_problem_indic"] is None
        except Failure:
            raise
        except Exception:  # noqa: BLE001 - the library has a dozen ways to say that a token is none
            is_sound = False
        if not is_sound:
            raise failure("stamp_unsound", vendor=VENDOR, vendor_message="Its signature or certificate does not hold.")


def _trouble(answer: Any) -> Failure | None:
    about = {"vendor": VENDOR, "http_status": answer.status_code, "retry_after": net.retry_after(answer.headers)}
    if answer.status_code == 429:
        return failure("rate_limited", **about)
    if answer.status_code >= 500:
        return failure("vendor_error", **about)
    if answer.status_code in {401, 402, 403}:
        return failure("stamp_refused", **about)
    if answer.status_code != 200 or answer.headers.get("content-type", "").partition(";")[0].strip() != REPLY:
        return failure("not_understood", **about)
    return None


def _require_granted(reply: Reply) -> None:
    told = reply["status"]
    if told["status"].native in GRANTED:
        return
    reasons = set(told["fail_info"].native or ())
    words = "; ".join(told["status_string"].native or ())
    code = "vendor_error" if reasons & LATER else "stamp_refused"
    raise failure(code, vendor=VENDOR, vendor_code=", ".join(sorted(reasons)), vendor_message=words)
