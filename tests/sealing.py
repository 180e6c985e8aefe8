"""Keys to seal with, and a small document to seal: for tests that need a sealed file, not an agreement's."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from onboarding.rendering import pdf, seal
from onboarding.rendering.seal import Examined, SealingKey
from scripts import seal_key
from tests.onboarding.rendering import agreement_samples

AT = datetime(2026, 11, 24, 14, 3, 12, tzinfo=UTC)
PASSPHRASE = "open sesame"
NAME, REASON = "InterWeave SmartSolutions", "Agreement MSA-2026-0042 executed by both parties"


@cache
def another_key(name: str = "Somebody else") -> SealingKey:
    """A key of nobody we know."""
    pkcs12, authority = seal_key.make(passphrase=PASSPHRASE, common_name=name, bits=2048)
    return seal.load_key(pkcs12, passphrase=PASSPHRASE, chain=authority)


@cache
def our_key() -> SealingKey:
    return another_key("The house")


@cache
def executed() -> bytes:
    """An executed agreement with its certificate of completion, not sealed."""
    return pdf.render("msa", agreement_samples.executed_agreement())


@cache
def sealed() -> bytes:
    return seal.seal(executed(), key=our_key(), name=NAME, reason=REASON, at=AT)


def examined(content: bytes, *, by: SealingKey | None = None) -> Examined:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file.pdf"
        path.write_bytes(content)
        with path.open("rb") as source:
            return seal.examine(source, size=len(content), ours=[(by or our_key()).certificate])


def judged(content: bytes, *, roots: list[x509.Certificate]) -> tuple[EmbeddedPdfSignature, PdfSignatureStatus]:
    """The one signature of a file, and what pyHanko's own validation says of it and its time stamp."""
    (signature,) = PdfFileReader(io.BytesIO(content)).embedded_signatures
    trust = ValidationContext(trust_roots=roots, allow_fetching=False)
    with ThreadPoolExecutor(max_workers=1) as own:  # it wants a loop of its own; a browser's may run in this thread
        status = own.submit(validate_pdf_signature, signature, trust, ts_validation_context=trust).result()
    return signature, status


def authorities(content: bytes) -> list[x509.Certificate]:
    """The authorities that a seal brings along."""
    (signature,) = PdfFileReader(io.BytesIO(content)).embedded_signatures
    return [one for one in signature.other_embedded_certs if one.ca]
