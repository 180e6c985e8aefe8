"""HTML to PDF/A-3a and PDF/UA-1 bytes with WeasyPrint. Nothing is fetched from outside; same context, same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from onboarding.rendering import archival, einvoice, html

TYPES = {".ttf": "font/ttf", ".svg": "image/svg+xml", ".css": "text/css"}
_one_at_a_time = Lock()  # Pango's font map is not made for two threads


class OwnFilesOnly(URLFetcher):
    """Gives the files of templates/documents and nothing else; any other address stops the document."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("file",), allow_redirects=False, fail_on_errors=True)

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """One packaged file; PermissionError for every other address."""
        parts = urlsplit(url)
        path = Path(url2pathname(parts.path)).resolve()
        if parts.scheme != "file" or parts.netloc or not path.is_relative_to(html.DOCUMENTS):
            raise PermissionError("A document may use only its own fonts and images.")
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": TYPES[path.suffix]})


@lru_cache(maxsize=1)
def _fonts() -> FontConfiguration:
    # One per process: a new one for each document costs the first render's second again and leaks memory.
    return FontConfiguration()


@lru_cache(maxsize=1)
def _stylesheet() -> CSS:
    return CSS(filename=html.DOCUMENTS / "print.css", url_fetcher=OwnFilesOnly(), font_config=_fonts())


def render(kind: str, context: Mapping[str, Any]) -> bytes:
    """Make one document: PDF/A-3a and PDF/UA-1, fonts embedded as subsets, dates and identifier from the context.

    `kind` and the shape of `context` are those of contexts.py; an invoice carries its XML. Raises ValueError for an
    unknown kind or template version, html.MissingValue for a context with a gap, einvoice.UnfitInvoice for data that is
    no invoice. Takes from 0.1 to 1 s: workers only.
    """
    page = html.page(kind, context)
    e_invoice = einvoice.attachment(kind, context)
    identifier = sha256(page.encode()).hexdigest()
    source = HTML(string=page, base_url=html.DOCUMENTS.as_uri() + "/", url_fetcher=OwnFilesOnly())
    with _one_at_a_time:
        made: bytes = source.write_pdf(
            stylesheets=[_stylesheet()],
            font_config=_fonts(),
            pdf_variant=archival.VARIANT,
            output_intent=archival.COLOURS,
            pdf_identifier=identifier.encode(),
            attachments=[e_invoice] if e_invoice else [],
            finisher=archival.finisher(identifier, factur_x=einvoice.FACTUR_X if e_invoice else None),
        )
    return made
