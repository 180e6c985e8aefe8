"""One PAdES seal over a finished PDF, and the key it is made with. Pure: no storage, no settings, no network of its own.

The seal is invisible: its widget lies outside the page, which PDF/A and PDF/UA both allow without a tag. A mark on the
page could be copied with the page; the certificate of completion says in words what the seal proves.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any

from asn1crypto import pem, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.timestamps import TimeStamper

from onboarding.inspection import process
from onboarding.inspection.process import LIMITS, Limits
from onboarding.inspection.seals import whom

FIELD = "Seal"
# Of hexadecimal digits: our certificates, and a time stamp with its authority's. Asking for a second stamp only to
# measure it would be a second request to the authority.
RESERVED = 32 * 1024
SMALLEST_RSA = 2048
MAY_SEAL = {"digital_signature", "non_repudiation"}
READER = "onboarding.inspection.seals"
CHUNK = 1024 * 1024


class KeyUnfit(Exception):
    """The key can't seal; `words` say what to do, and hold nothing of the key or its passphrase."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True)
class SealingKey:
    """A private key with its certificate and what leads from it to its authority."""

    signer: signers.SimpleSigner = field(repr=False)

    @property
    def certificate(self) -> x509.Certificate:
        return self.signer.signing_cert

    @property
    def subject(self) -> str:
        return subject_of(self.certificate)

    @property
    def serial(self) -> str:
        return serial_of(self.certificate)

    def require_fit(self, *, at: datetime) -> None:
        """KeyUnfit when the certificate is not valid at this moment."""
        if at < self.certificate.not_valid_before:
            raise KeyUnfit(f"The sealing certificate is valid only from {self.certificate.not_valid_before:%-d %B %Y}.")
        if at > self.certificate.not_valid_after:
            ended = f"{self.certificate.not_valid_after:%-d %B %Y}"
            raise KeyUnfit(f"The sealing certificate expired on {ended}. Have it renewed and set SEAL_PKCS12.")


def load_key(pkcs12: bytes, *, passphrase: str, chain: bytes = b"") -> SealingKey:
    """The key of a PKCS#12 file. `chain`: further certificates as PEM, embedded with every seal. Raises KeyUnfit."""
    try:
        more = certificates(chain)
        signer = signers.SimpleSigner.load_pkcs12_data(pkcs12, other_certs=more, passphrase=passphrase.encode())
    except (ValueError, TypeError, AttributeError):
        raise KeyUnfit("The sealing key can't be read: check SEAL_PKCS12, SEAL_PASSPHRASE and SEAL_CHAIN.") from None
    key = SealingKey(signer)
    public = key.certificate.public_key
    if public.algorithm == "rsa" and public.bit_size < SMALLEST_RSA:
        raise KeyUnfit(f"The sealing key is too short: an RSA key needs {SMALLEST_RSA} bits or more.")
    allowed = key.certificate.key_usage_value
    if key.certificate.ca or (allowed is not None and not MAY_SEAL & set(allowed.native)):
        raise KeyUnfit("The sealing certificate is not made for signing documents. Use one whose key usage allows it.")
    return key


def certificates(bundle: bytes) -> list[x509.Certificate]:
    """The certificates of a PEM file; none for an empty one. Raises ValueError."""
    if not bundle.strip():
        return []
    found = [x509.Certificate.load(der) for _, _, der in pem.unarmor(bundle, multiple=True)]
    for one in found:
        subject_of(one)  # asn1crypto reads when it is asked
    return found


def subject_of(certificate: x509.Certificate) -> str:
    """Whom a certificate is about, in words."""
    return whom(certificate)


def serial_of(certificate: x509.Certificate) -> str:
    """Its serial number in hexadecimal."""
    return f"{certificate.serial_number:x}"


class _MetadataUntouched(IncrementalPdfFileWriter):
    """Leaves XMP and information dictionary as they are: the library's own would lose the ids of PDF/A and PDF/UA."""

    def _prep_dom_for_writing(self) -> None:
        return


class _Signer(signers.PdfSigner):
    """Signs with the time it is told, not the machine's; the seal has words for who can't see."""

    at: datetime

    def init_signing_session(
        self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False  # noqa: FBT001, FBT002 - the library's
    ) -> PdfSigningSession:  # fmt: skip
        session = super().init_signing_session(pdf_out, existing_fields_only=existing_fields_only)
        session.system_time = self.at
        session.sig_field["/Contents"] = session.sig_field["/TU"]  # read out where a reader comes upon it all the same
        return session


def seal(
    pdf: bytes, *, key: SealingKey, timestamper: TimeStamper | None = None, name: str, reason: str, at: datetime
) -> bytes:
    """Put one certification signature over a whole PDF, after which nothing may change in it.

    PAdES B-B, with a time stamp of `timestamper` B-T: never B-B when one was given. `name` and `reason` are shown by
    readers of PDF. Raises KeyUnfit, and whatever the time stamper raises.
    """
    key.require_fit(at=at)
    wanted = signers.PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", name=name, reason=reason, certify=True,
        subfilter=fields.SigSeedSubFilter.PADES, docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )  # fmt: skip
    place = fields.SigFieldSpec(
        FIELD, on_page=-1, readable_field_name=f"Seal of {name}",
        invis_sig_settings=fields.InvisSigSettings(box_out_of_bounds=True),
    )  # fmt: skip
    signer = _Signer(wanted, key.signer, timestamper=timestamper, new_field_spec=place)
    signer.at = at
    signing = signer.async_sign_pdf(_MetadataUntouched(io.BytesIO(pdf)), bytes_reserved=RESERVED)
    with ThreadPoolExecutor(max_workers=1) as own:  # the library wants a loop, and the caller's thread may have one
        sealed: io.BytesIO = own.submit(asyncio.run, signing).result()
    return sealed.getvalue()


@dataclass(frozen=True)
class Examined:
    """What a file's seal says, as far as it can be followed. Only `is_genuine` means that nothing was changed."""

    has_seal: bool = False
    is_ours: bool = False  # made with one of our certificates
    is_intact: bool = False  # what was sealed is what stands there
    covers_all: bool = False  # nothing stands in the file but what was sealed
    is_certification: bool = False  # allows no change at all
    is_only_one: bool = False
    subject: str = ""
    serial: str = ""
    sealed_at: datetime | None = None  # by the time stamp; else as the seal itself claims
    stamped_by: str = ""  # whose time stamp it carries; empty: none, or one that does not hold
    problem: str = ""  # "damaged": it can't be followed as a PDF · "undecided": we failed, another try may not

    @property
    def is_genuine(self) -> bool:
        """Ours, whole, and nothing added."""
        return self.is_ours and self.is_intact and self.covers_all and self.is_certification and self.is_only_one


def examine(
    source: IO[bytes], *, size: int, ours: Iterable[x509.Certificate], limits: Limits = LIMITS
) -> Examined:  # fmt: skip
    """Look at the seal of a file from anywhere: `source` is a real file, `ours` the certificates that seal for us.

    A process of its own reads it, with limits and nothing to reach. Raises nothing: what can't be followed does not
    hold. The bytes within the signature's container are not all covered by it: who wants to know that a file is the
    very one that was sealed compares its hash too.
    """
    certificates_of_ours = list(ours)
    with tempfile.TemporaryFile() as released:
        report = process.inspect(source, released, extension="pdf", size=size, limits=limits, parser=READER)
    if report.verdict != "clean":
        carries = _carries(source, certificates_of_ours)
        return Examined(
            has_seal=carries, is_ours=carries, problem="damaged" if report.verdict == "refused" else "undecided"
        )
    fingerprints = {hashlib.sha256(one.dump()).hexdigest() for one in certificates_of_ours}
    seals = report.facts["seals"]
    told = next((one for one in seals if one["fingerprint"] in fingerprints), seals[0] if seals else None)
    if told is None:
        carries = _carries(source, certificates_of_ours)
        return Examined(has_seal=carries, is_ours=carries)
    return _judged(told, is_ours=told["fingerprint"] in fingerprints, is_only_one=len(seals) == 1)


def _judged(told: dict[str, Any], *, is_ours: bool, is_only_one: bool) -> Examined:
    stamp = told["stamp"]
    at = stamp["at"] if stamp else told["claimed_at"]
    return Examined(
        has_seal=True, is_ours=is_ours, is_intact=told["is_intact"], covers_all=told["covers_all"],
        is_certification=told["is_certification"], is_only_one=is_only_one, subject=told["subject"],
        serial=told["serial"], sealed_at=datetime.fromisoformat(at) if at else None,
        stamped_by=stamp["subject"] if stamp else "",
    )  # fmt: skip


def _carries(source: IO[bytes], ours: list[x509.Certificate]) -> bool:
    """Whether one of our certificates stands in the bytes, where no reader finds a seal any more."""
    wanted = [one.dump().hex().encode() for one in ours]
    longest = max((len(one) for one in wanted), default=0)
    source.seek(0)
    tail = b""
    while block := source.read(CHUNK):
        window = tail + block.lower()
        if any(one in window for one in wanted):
            return True
        tail = window[-longest:]
    return False
