"""HTML to PDF/A-3a and PDF/UA-1 bytes with WeasyPrint. Nothing is fetched from outside; same context, same bytes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import lru_cache
from hashlib import sha256
from html import escape
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from fontTools.ttLib import TTFont
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from onboarding.rendering import archival, characters, einvoice, html

# Each letter as it is, or no document. A receipt is none of them: who paid gets one, whatever their bank wrote.
LEGAL = frozenset({"msa", "invoice", "credit_note"})
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
    os.environ.setdefault("FONTCONFIG_FILE", str(html.DOCUMENTS / "fonts/fonts.conf"))
    return FontConfiguration()


@lru_cache(maxsize=1)
def _stylesheet() -> CSS:
    return CSS(filename=html.DOCUMENTS / "print.css", url_fetcher=OwnFilesOnly(), font_config=_fonts())


def render(kind: str, context: Mapping[str, Any]) -> bytes:
    """Make one document: PDF/A-3a and PDF/UA-1, fonts embedded as subsets, dates and identifier from the context.

    `kind` and the shape of `context` are those of contexts.py; an invoice carries its XML. A character that can't be
    printed stops a legal document nobody signed yet (characters.Unprintable); elsewhere a stand-in such as “[U+1F9FF]”
    is printed.
    Raises ValueError for an unknown kind or template version, html.MissingValue for a context with a gap,
    einvoice.UnfitInvoice for data that is no invoice. Takes from 0.1 to 1 s: workers only.
    """
    page = html.page(kind, context)
    is_strict = kind in LEGAL and not context.get("signatures")  # what was signed is sealed, whatever else it tells
    if (forbidden := characters.forbidden(page)) and is_strict:
        raise characters.Unprintable(forbidden, _text_of(context))
    page = characters.visible(page) if forbidden else page
    try:
        return _drawn(kind, context, page)
    except characters.Unprintable as unprintable:
        if is_strict:
            raise characters.Unprintable(unprintable.characters, _text_of(context)) from unprintable
        return _drawn(kind, context, characters.visible(page, unprintable.characters))


def _drawn(kind: str, context: Mapping[str, Any], page: str) -> bytes:
    """The page as a PDF. Raises characters.Unprintable when no font has one of its letters."""
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


def require_printable(context: Mapping[str, Any]) -> None:
    """Refuse what a legal document could not print, before its number is taken. Raises characters.Unprintable.

    Only letters that our own font lacks cost time: up to a tenth of a second, and the first ones a second.
    """
    text = _text_of(context)
    if found := characters.forbidden(text) or without_glyph(text):
        raise characters.Unprintable(found, text)


def _text_of(context: Mapping[str, Any]) -> str:
    return "\n".join(_texts(context))


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)


def without_glyph(text: str) -> list[str]:
    """The characters of a text that no font of this machine has, each once."""
    strange = sorted(set(text) - _own_letters())
    if not strange:
        return []
    source = HTML(string=f"<p>{' '.join(map(escape, strange))}", url_fetcher=OwnFilesOnly())
    found: list[str] = []
    with _one_at_a_time:
        source.write_pdf(
            stylesheets=[_stylesheet()],
            font_config=_fonts(),
            finisher=lambda made, _: found.extend(archival.lacking(made)),
        )
    return sorted(set(found) & set(strange))


@lru_cache(maxsize=1)
def _own_letters() -> frozenset[str]:
    """What the documents' own font has; and what is never drawn."""
    with TTFont(html.DOCUMENTS / "fonts/IBMPlexSans-Regular.ttf", lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap())) | characters.WRITTEN
