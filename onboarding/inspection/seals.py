"""What the signatures of a PDF say, and whether they fit it: read in the limited child, for files from anywhere.

Trust is not decided here: the parent knows our certificates. What can't be followed is told as not holding.
"""

from __future__ import annotations

import hashlib
import importlib
from contextlib import suppress
from datetime import datetime
from typing import Any, BinaryIO

from asn1crypto import cms, tsp, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import generic_cms
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature, read_certification_data

from onboarding.inspection.unfit import damaged

MOST = 20  # signatures looked at
LONGEST = 300
NAMED_BY = ("common_name", "organizational_unit_name", "organization_name", "country_name")
# The library looks for these only when it first needs them; in the child nothing can be opened any more by then.
for later in ("pyhanko.pdf_utils.filters", "pyhanko.pdf_utils.crypt", "cryptography.hazmat.primitives.asymmetric.ec"):
    importlib.import_module(later)


def read(source: BinaryIO, released: BinaryIO, extension: str) -> dict[str, Any]:
    """Facts: `seals`, one for each signature in the order of their revisions, and `more` when there were too many."""
    if source.read(5) != b"%PDF-":
        raise damaged()
    try:
        reader = PdfFileReader(source, strict=False)
        found = list(reader.embedded_regular_signatures)
        certified = _certified(reader)
    except Exception:  # noqa: BLE001 - the library raises whatever a hostile file makes it raise
        raise damaged() from None
    return {"seals": [_seal(one, certified) for one in found[:MOST]], "more": len(found) > MOST}


def _certified(reader: PdfFileReader) -> Any:
    """The signature that certifies the document against every change; None when there is none."""
    told = read_certification_data(reader)
    return told.author_sig if told and told.permission == MDPPerm.NO_CHANGES else None


def _seal(signature: EmbeddedPdfSignature, certified: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"fingerprint": "", "subject": "", "serial": "", "claimed_at": "", "stamp": None}
    told |= {"is_intact": False, "covers_all": False, "is_certification": False}
    for step in (_who, _claimed, _integrity, _coverage, _stamp):
        with suppress(Exception):  # what can't be followed does not hold; the other facts may still be told
            told |= step(signature)
    told["is_certification"] = signature.sig_object is certified or signature.sig_object == certified
    return told


def _who(signature: EmbeddedPdfSignature) -> dict[str, Any]:
    return _named(signature.signer_cert)


def _named(certificate: x509.Certificate) -> dict[str, Any]:
    return {
        "fingerprint": hashlib.sha256(certificate.dump()).hexdigest(),
        "subject": whom(certificate),
        "serial": f"{certificate.serial_number:x}"[:64],
    }


def whom(certificate: x509.Certificate) -> str:
    """Whom a certificate is about, from the nearest name to the widest: "Seal, InterWeave SmartSolutions, US"."""
    told = certificate.subject.native
    names = [told[name] for name in NAMED_BY if told.get(name)] or [certificate.subject.human_friendly]
    return ", ".join(", ".join(name) if isinstance(name, list) else str(name) for name in names)[:LONGEST]


def _claimed(signature: EmbeddedPdfSignature) -> dict[str, Any]:
    at = signature.self_reported_timestamp
    return {"claimed_at": at.isoformat() if isinstance(at, datetime) else ""}


def _integrity(signature: EmbeddedPdfSignature) -> dict[str, Any]:
    """The bytes are those that were signed, and it was this certificate's key that signed them."""
    same, valid = generic_cms.validate_sig_integrity(
        signature.signer_info, signature.signer_cert, "data", signature.compute_digest()
    )
    return {"is_intact": bool(same and valid)}


def _coverage(signature: EmbeddedPdfSignature) -> dict[str, Any]:
    """Nothing stands outside the signed bytes but the signature's own digits, closed by < and >."""
    start, length, rest, rest_length = (int(number) for number in signature.byte_range)
    stream = signature.reader.stream
    size = stream.seek(0, 2)
    stream.seek(length)
    hole = stream.read(max(0, rest - length))
    digits = hole[1:-1].lower()
    fits = start == 0 and rest + rest_length == size and hole[:1] + hole[-1:] == b"<>"
    return {"covers_all": fits and digits == signature.pkcs7_content.hex().encode()}


def _stamp(signature: EmbeddedPdfSignature) -> dict[str, Any]:
    """The time stamp within, when it stands over this very signature and is sound itself."""
    for token in generic_cms.extract_tst_data_iter(signature.signer_info, signed=False):
        return {"stamp": _stamped(token, signature.signer_info["signature"].native)}
    return {}


def _stamped(token: cms.SignedData, signed: bytes) -> dict[str, Any] | None:
    info: tsp.TSTInfo = token["encap_content_info"]["content"].parsed
    imprint = info["message_imprint"]
    algorithm = imprint["hash_algorithm"]["algorithm"].native
    signer, own = token["signer_infos"][0], generic_cms.extract_certs_for_validation(token).signer_cert
    content = hashlib.new(signer["digest_algorithm"]["algorithm"].native, bytes(token["encap_content_info"]["content"]))
    same, valid = generic_cms.validate_sig_integrity(signer, own, "tst_info", content.digest())
    purposes = own.extended_key_usage_value.native if own.extended_key_usage_value else []
    is_over_this = imprint["hashed_message"].native == hashlib.new(algorithm, signed).digest()
    if not (same and valid and is_over_this and purposes == ["time_stamping"]):
        return None
    return {**_named(own), "at": info["gen_time"].native.isoformat()}
