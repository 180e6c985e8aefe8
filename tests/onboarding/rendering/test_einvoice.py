"""Invoices as data: EN 16931 by its own schema and rules, in the PDF that prints the same figures."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
import pytest
from lxml import etree

from onboarding.rendering import einvoice, pdf
from onboarding.rendering.characters import Unprintable
from tests.onboarding.rendering import archive_rules, samples, schematron
from tests.onboarding.rendering.bills import NAMES, UNPRINTABLE, bill
from tests.onboarding.rendering.judges import exempi, qpdf

RAM = {"ram": einvoice.NAMESPACES["ram"], "udt": einvoice.NAMESPACES["udt"], "rsm": einvoice.NAMESPACES["rsm"],
       "qdt": einvoice.NAMESPACES["qdt"]}  # fmt: skip


def read(xml: bytes, path: str) -> list[str]:
    return [str(one) for one in etree.fromstring(xml).xpath(f"{path}/text()", namespaces=RAM)]


@pytest.mark.parametrize("tens", range(20))
def test_two_hundred_invoices_of_every_kind_keep_the_rules(tens: int) -> None:
    bills = [bill(seed) for seed in range(10 * tens, 10 * tens + 10)]

    assert [broken for kind, context in bills if (broken := schematron.broken(einvoice.xml(kind, context)))] == []


def test_the_two_hundred_are_of_every_kind() -> None:
    bills = [bill(seed) for seed in range(200)]
    contexts = [context for _, context in bills]

    assert {kind for kind, _ in bills} == {"invoice", "credit_note"}
    assert {one["tax_category"] for one in contexts} == {"S", "AE", "E", "Z", "O"}
    assert len({one["buyer"]["country"] for one in contexts}) > 15
    assert any(float(one["discount"]) for one in contexts)
    assert any(float(one["gross"]) == 0 for one in contexts)


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        ({"gross": "1.00"}, "BR-CO-15"),
        ({"lines_total": "1.00"}, "BR-CO-10"),
        ({"currency": "XXQ"}, "InvoiceCurrencyCode' is not allowed"),
        ({"tax_category": "S", "tax_rate": "19"}, "BR-S-09"),
        ({"tax_category": "AE", "tax_rate": "5"}, "BR-AE-05"),
    ],
)
def test_the_rules_find_an_invoice_that_does_not_add_up(spoil: dict[str, str], rule: str) -> None:
    broken = schematron.broken(einvoice.xml("invoice", samples.invoice() | spoil))

    assert any(rule in one for one in broken)


def test_an_invoice_that_the_schema_refuses_does_not_go_out() -> None:
    context = samples.invoice()
    context["lines"] = []

    with pytest.raises(einvoice.UnfitInvoice):
        pdf.render("invoice", context)


def test_the_data_says_what_the_page_says() -> None:
    xml = einvoice.xml("invoice", samples.invoice() | {"discount": "625.00", "discount_reason": "Pilot", "net": "5000.00",
                                                       "gross": "5000.00"})  # fmt: skip
    total = "//ram:SpecifiedTradeSettlementHeaderMonetarySummation"

    assert read(xml, "//rsm:ExchangedDocument/ram:ID") == ["INV-2026-0042"]
    assert read(xml, "//rsm:ExchangedDocument/ram:TypeCode") == ["380"]
    assert read(xml, "//rsm:ExchangedDocument/ram:IssueDateTime/udt:DateTimeString") == ["20261124"]
    assert read(xml, "//ram:BuyerTradeParty/ram:Name") == [samples.COMPANY]
    assert read(xml, "//ram:PaymentReference") == ["RF18539007547034"]
    assert read(xml, "//ram:IBANID") == ["DE89370400440532013000"]
    assert read(xml, "//ram:SpecifiedTradeSettlementPaymentMeans/ram:TypeCode") == ["30"]
    assert read(xml, "//ram:DueDateDateTime/udt:DateTimeString") == ["20261208"]
    assert read(xml, f"{total}/ram:LineTotalAmount") == ["5625.00"]
    assert read(xml, f"{total}/ram:AllowanceTotalAmount") == ["625.00"]
    assert read(xml, f"{total}/ram:DuePayableAmount") == ["5000.00"]
    assert read(xml, "//ram:SpecifiedTradeAllowanceCharge/ram:Reason") == ["Pilot"]
    assert read(xml, "//ram:ContractReferencedDocument/ram:IssuerAssignedID") == ["MSA-2026-0042"]


@pytest.mark.parametrize(
    ("given", "paths"),
    [
        ({"tax_category": "O"}, {"VA": 0, "FC": 1}),
        ({"tax_category": "AE"}, {"VA": 2, "FC": 0}),
    ],
    ids=["outside the scope no VAT id may stand", "both under reverse charge"],
)
def test_vat_ids_stand_where_tax_applies_only(given: dict[str, str], paths: dict[str, int]) -> None:
    context = samples.invoice() | given
    context["seller"] = context["seller"] | {"vat_id": "DE123456788"}

    xml = einvoice.xml("invoice", context)

    for scheme, count in paths.items():
        assert len(read(xml, f"//ram:SpecifiedTaxRegistration/ram:ID[@schemeID='{scheme}']")) == count
    assert schematron.broken(xml) == []


def test_a_credit_note_names_the_invoice_it_takes_back() -> None:
    xml = einvoice.xml("credit_note", samples.credit_note())

    assert read(xml, "//rsm:ExchangedDocument/ram:TypeCode") == ["381"]
    assert read(xml, "//ram:InvoiceReferencedDocument/ram:IssuerAssignedID") == ["INV-2026-0042"]
    assert read(xml, "//ram:InvoiceReferencedDocument/ram:FormattedIssueDateTime/qdt:DateTimeString") == ["20261124"]
    assert schematron.broken(xml) == []


@pytest.mark.parametrize("kind", ["invoice", "credit_note"])
def test_the_pdf_carries_the_data_where_accounting_systems_look(kind: str) -> None:
    context: Any = samples.ALL[kind]()
    made = pdf.render(kind, context)

    with pikepdf.open(io.BytesIO(made)) as document:
        listed = list(document.Root.AF)
        held = document.attachments["factur-x.xml"].get_file()
        assert len(listed) == 1
        assert listed[0].AFRelationship == "/Alternative"
        assert held.mime_type == "text/xml"
        assert held.read_bytes() == einvoice.xml(kind, context)
    assert archive_rules.broken(made) == []
    assert "No syntax or stream encoding errors found" in qpdf(made)
    xmp = exempi(made)
    for told in ("<fx:DocumentFileName>factur-x.xml<", "<fx:ConformanceLevel>EN 16931<", "<fx:DocumentType>INVOICE<",
                 "<pdfaid:conformance>A<", "<pdfuaid:part>1<", "<pdfaSchema:prefix>fx<"):  # fmt: skip
        assert told in xmp
    assert xmp.count("<rdf:RDF") == 1


def test_a_name_with_what_nobody_sees_is_on_no_invoice() -> None:
    context = samples.invoice()
    context["buyer"] = context["buyer"] | {"legal_name": UNPRINTABLE}

    with pytest.raises(Unprintable, match=r"^This can't be printed: U\+000B \(a control character\)"):
        pdf.render("invoice", context)


@pytest.mark.parametrize("name", [one for one in NAMES if one != UNPRINTABLE])
def test_whatever_a_customer_is_called_stands_in_both(name: str) -> None:
    context = samples.invoice() | {"currency": "EUR"}
    context["buyer"] = context["buyer"] | {"legal_name": name}

    xml, made = einvoice.xml("invoice", context), pdf.render("invoice", context)

    assert read(xml, "//ram:BuyerTradeParty/ram:Name") == [name]
    assert schematron.broken(xml) == []
    assert archive_rules.broken(made) == []


def test_a_document_that_is_no_invoice_carries_nothing() -> None:
    with pikepdf.open(io.BytesIO(pdf.render("receipt", samples.receipt()))) as document:
        assert list(document.attachments) == []
        assert "/AF" not in document.Root
