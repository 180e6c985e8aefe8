"""P7: agreement and invoice through the worker's task, against bare write_pdf() of the same page with the same options.

The task claims its row, loads the frozen context, fills the template, renders, hashes, stores, and records the event
with a new status document. Both sides give the same bytes, which is checked.
"""

from __future__ import annotations

import gc
import hashlib
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bench.harness import interleaved, median, ratio, resident_bytes, row, spent, times

MIB = 1024 * 1024


def measure(_: str) -> list[dict[str, Any]]:
    """Agreement, invoice, memory, and the second request."""
    from onboarding import tenancy  # noqa: PLC0415 - Django's models load after its set-up

    with tenancy.acting(staff=True):
        orders = {kind: Orders(kind) for kind in ("msa", "invoice")}
        rows = [_against_write_pdf(orders["msa"], 7), _against_write_pdf(orders["invoice"], 16)]
        return [*rows, _second_request(orders["msa"], rows[0]["ours"]), _memory(orders["invoice"])]


@dataclass
class Orders:
    """Orders of one kind of document, as the engagement's own actions placed the first one."""

    kind: str
    waiting: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        from onboarding.models import Rendering  # noqa: PLC0415
        from onboarding.workflow.steps import Step  # noqa: PLC0415
        from tests.journey import journey  # noqa: PLC0415

        self.cast = journey(Step.CUSTOMER_APPROVAL)
        self.first = Rendering.objects.filter(engagement=self.cast.engagement, template=self.kind).latest("pk")

    def place(self, count: int) -> None:
        """Order so many more copies."""
        from django.utils.timezone import now  # noqa: PLC0415

        from onboarding.actions import documents  # noqa: PLC0415
        from onboarding.models import Rendering  # noqa: PLC0415

        for _ in range(count):
            document = documents.order(
                self.cast.engagement, kind=self.kind, title="Measured", file_name="measured.pdf",
                template=self.first.template, context=self.first.context, by=self.cast.specialist, at=now(),
            )  # fmt: skip
            self.waiting.append(Rendering.objects.get(document=document).pk)

    def render(self) -> None:
        """One order through the worker's task."""
        from onboarding.tasks import render_document  # noqa: PLC0415

        render_document(rendering_id=self.waiting.pop())

    def bare(self) -> Callable[[], bytes]:
        """The same page through WeasyPrint alone, with the options of rendering/pdf.py."""
        from weasyprint import HTML  # noqa: PLC0415

        from onboarding.rendering import archival, einvoice, html, pdf  # noqa: PLC0415

        page = html.page(self.first.template, self.first.context)
        identifier = hashlib.sha256(page.encode()).hexdigest()
        base = html.DOCUMENTS.as_uri() + "/"
        kind, context = self.first.template, self.first.context
        data = einvoice.xml(kind, context) if kind in einvoice.KINDS else b""

        def write() -> bytes:
            source = HTML(string=page, base_url=base, url_fetcher=pdf.OwnFilesOnly())
            made: bytes = source.write_pdf(
                stylesheets=[pdf._stylesheet()],  # noqa: SLF001 - the same options, to the letter
                font_config=pdf._fonts(),  # noqa: SLF001
                pdf_variant=archival.VARIANT,
                output_intent=archival.COLOURS,
                pdf_identifier=identifier.encode(),
                attachments=[einvoice.as_file(data, issued_on=context["issued_on"])] if data else [],
                finisher=archival.finisher(identifier, factur_x=einvoice.FACTUR_X if data else None),
            )
            return made

        return write


def _cost(act: Callable[[], Any]) -> float:
    """CPU seconds of ours and of the database's process; nobody pays for another's garbage."""
    from django.db import connection  # noqa: PLC0415

    gc.collect()
    before = spent(connection.connection)
    act()
    return spent(connection.connection) - before


def _against_write_pdf(orders: Orders, rounds: int) -> dict[str, Any]:
    from onboarding.models import Document  # noqa: PLC0415

    count, write = times(rounds), orders.bare()
    orders.place(count + 1)
    sides = {"ours": lambda: _cost(orders.render), "bare": lambda: _cost(write)}
    costs = interleaved(sides, rounds=count)
    stored = Document.objects.filter(engagement=orders.cast.engagement, title="Measured").latest("pk")
    if stored.sha256 != hashlib.sha256(write()).hexdigest():
        raise AssertionError(f"{orders.kind}: the two sides made different documents")
    return row(
        f"P7 {orders.kind} through the pipeline", ratio=ratio(costs, "ours", "bare"), goal="<= 1.1",
        ours=median(costs, "ours"), reference=median(costs, "bare"), unit="CPU s",
    )  # fmt: skip


def _second_request(orders: Orders, rendering: float) -> dict[str, Any]:
    """The stored agreement, asked for by its owner in the browser: session, both walls, file, every byte."""
    from django.test import Client  # noqa: PLC0415
    from django.urls import reverse  # noqa: PLC0415

    from onboarding.models import Document  # noqa: PLC0415

    stored = Document.objects.filter(engagement=orders.cast.engagement, title="Measured").latest("pk")
    url = reverse("customer:document_file", args=[stored.uuid])
    browser = Client(HTTP_HOST="localhost")
    browser.force_login(orders.cast.user(orders.cast.owner))

    def download() -> None:
        answer = browser.get(url)
        if answer.status_code != 200 or len(b"".join(answer)) != stored.size:
            raise AssertionError(f"{url}: {answer.status_code}")
        answer.close()

    download()
    cost = statistics.median(_cost(download) for _ in range(times(20)))
    return row(
        "P7 the agreement's second request", ratio=cost / rendering, goal="<= 0.02", ours=cost,
        reference=rendering, unit="CPU s",
    )  # fmt: skip


def _memory(orders: Orders) -> dict[str, Any]:
    """What 200 more invoices leave behind in a warm worker's memory, for each hundred."""
    count, warming = times(200, least=2), times(20, least=2)
    orders.place(warming + count)
    for _ in range(warming):
        orders.render()
    before = _settled()
    for _ in range(count):
        orders.render()
    after = _settled()
    return row(
        "P7 memory for 100 invoices, warm", ratio=(after - before) / MIB * 100 / count, goal="<= 1", ours=after / MIB,
        reference=before / MIB, unit="MiB",
    )  # fmt: skip


def _settled() -> int:
    gc.collect()
    return resident_bytes()
