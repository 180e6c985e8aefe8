"""The invoice as accounting systems read it: EN 16931 in UN/CEFACT's XML, as Factur-X puts it into the PDF.

Every value comes from the same context as the page beside it; nothing is added up or looked up here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Any

from lxml import etree
from weasyprint import Attachment

KINDS = frozenset({"invoice", "credit_note"})
FILE_NAME = "factur-x.xml"
FACTUR_X = {"DocumentType": "INVOICE", "DocumentFileName": FILE_NAME, "Version": "1.0", "ConformanceLevel": "EN 16931"}
GUIDELINE = "urn:cen.eu:en16931:2017"
UN = "urn:un:unece:uncefact:data:standard"
NAMESPACES = {
    "rsm": f"{UN}:CrossIndustryInvoice:100",
    "ram": f"{UN}:ReusableAggregateBusinessInformationEntity:100",
    "qdt": f"{UN}:QualifiedDataType:100",
    "udt": f"{UN}:UnqualifiedDataType:100",
}
OUT_OF_SCOPE = "O"
# Reasons as codes (VATEX); exempt and zero-rated invoices carry words only.
REASON_CODES = {"AE": "VATEX-EU-AE", "O": "VATEX-EU-O"}
UNWRITABLE = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])
SCHEMA = "xsd_and_schematron/facturx-en16931/Factur-X_EN16931.xsd"


class UnfitInvoice(ValueError):
    """The XML is not what the schema of EN 16931 asks for: such an invoice must not go out."""


def attachment(kind: str, context: Mapping[str, Any]) -> Attachment | None:
    """The XML for the PDF of this document; None for what is no invoice. Good for one PDF. Raises UnfitInvoice."""
    return as_file(xml(kind, context), issued_on=context["issued_on"]) if kind in KINDS else None


def as_file(content: bytes, *, issued_on: str) -> Attachment:
    """The XML as Factur-X has it in a PDF: its name, its relation to the page, dated as the invoice."""
    day = datetime.fromisoformat(issued_on).replace(tzinfo=UTC)
    return Attachment(
        string=content, name=FILE_NAME, description="Invoice data for accounting systems (Factur-X)",
        relationship="Alternative", created=day, modified=day,
    )  # fmt: skip


def xml(kind: str, context: Mapping[str, Any]) -> bytes:
    """EN 16931 of one invoice (type 380) or credit note (381). Raises UnfitInvoice, KeyError for a gap."""
    root = etree.Element(_name("rsm:CrossIndustryInvoice"), nsmap=NAMESPACES)
    frame = _under(root, "rsm:ExchangedDocumentContext", "ram:GuidelineSpecifiedDocumentContextParameter")
    _say(frame, "ram:ID", GUIDELINE)
    _head(root, kind, context)
    trade = _under(root, "rsm:SupplyChainTradeTransaction")
    for number, line in enumerate(context["lines"], start=1):
        _line(trade, number, line, context)
    _agreement(trade, context)
    _delivery(trade, context["buyer"])
    _settlement(trade, kind, context)
    if not _schema().validate(root):
        raise UnfitInvoice(str(_schema().error_log.last_error))
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)


@lru_cache(maxsize=1)
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(file=str(files("facturx") / SCHEMA))


def _name(prefixed: str) -> str:
    prefix, local = prefixed.split(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


def _under(parent: Any, *names: str) -> Any:
    """One element within the other, the innermost returned."""
    for name in names:
        parent = etree.SubElement(parent, _name(name))
    return parent


def _say(parent: Any, name: str, value: str, **attributes: str) -> None:
    """An element with words; none at all for no words."""
    if text := value.translate(UNWRITABLE).strip():
        etree.SubElement(parent, _name(name), attributes).text = text


def _day(parent: Any, name: str, value: str, text: str = "udt:DateTimeString") -> None:
    _say(_under(parent, name), text, value[:10].replace("-", ""), format="102")


def _money(parent: Any, name: str, value: str, **attributes: str) -> None:
    _say(parent, name, f"{Decimal(value):.2f}", **attributes)


def _head(root: Any, kind: str, context: Mapping[str, Any]) -> None:
    document = _under(root, "rsm:ExchangedDocument")
    _say(document, "ram:ID", context["number"])
    _say(document, "ram:TypeCode", "381" if kind == "credit_note" else "380")
    _day(document, "ram:IssueDateTime", context["issued_on"])
    for words in (context["tax_note"], context.get("reason", ""), context["notes"]):
        if words.translate(UNWRITABLE).strip():
            _say(_under(document, "ram:IncludedNote"), "ram:Content", words)


def _line(trade: Any, number: int, line: Mapping[str, Any], context: Mapping[str, Any]) -> None:
    item = _under(trade, "ram:IncludedSupplyChainTradeLineItem")
    _say(_under(item, "ram:AssociatedDocumentLineDocument"), "ram:LineID", str(number))
    _say(_under(item, "ram:SpecifiedTradeProduct"), "ram:Name", line["description"])
    price = _under(item, "ram:SpecifiedLineTradeAgreement", "ram:NetPriceProductTradePrice")
    _money(price, "ram:ChargeAmount", line["unit_price"])
    delivery = _under(item, "ram:SpecifiedLineTradeDelivery")
    _say(delivery, "ram:BilledQuantity", line["quantity"], unitCode=line["unit"])
    settlement = _under(item, "ram:SpecifiedLineTradeSettlement")
    _tax(_under(settlement, "ram:ApplicableTradeTax"), context)
    total = _under(settlement, "ram:SpecifiedTradeSettlementLineMonetarySummation")
    _money(total, "ram:LineTotalAmount", line["net"])


def _tax(element: Any, context: Mapping[str, Any]) -> None:
    _say(element, "ram:TypeCode", "VAT")
    _say(element, "ram:CategoryCode", context["tax_category"])
    _rate(element, context)


def _rate(element: Any, context: Mapping[str, Any]) -> None:
    """What is outside the scope of tax has no rate, not even zero."""
    if context["tax_category"] != OUT_OF_SCOPE:
        _say(element, "ram:RateApplicablePercent", context["tax_rate"])


def _agreement(trade: Any, context: Mapping[str, Any]) -> None:
    agreement = _under(trade, "ram:ApplicableHeaderTradeAgreement")
    _say(agreement, "ram:BuyerReference", context["reference"])
    has_vat_ids = context["tax_category"] != OUT_OF_SCOPE  # EN 16931 forbids them where no tax applies (BR-O-2)
    _party(_under(agreement, "ram:SellerTradeParty"), context["seller"], has_vat_id=has_vat_ids, is_seller=True)
    _party(_under(agreement, "ram:BuyerTradeParty"), context["buyer"], has_vat_id=has_vat_ids, is_seller=False)
    if context.get("agreement"):
        _say(_under(agreement, "ram:ContractReferencedDocument"), "ram:IssuerAssignedID", context["agreement"])


def _party(element: Any, party: Mapping[str, Any], *, has_vat_id: bool, is_seller: bool) -> None:
    vat_id = party.get("vat_id", "") if has_vat_id else ""
    registration = party.get("registration_number", "")
    if is_seller and not vat_id and not registration:  # one of three must name the seller (BR-CO-26)
        _say(element, "ram:ID", party.get("tax_id") or party["legal_name"])
    _say(element, "ram:Name", party["legal_name"])
    if registration:
        _say(_under(element, "ram:SpecifiedLegalOrganization"), "ram:ID", registration)
    _address(_under(element, "ram:PostalTradeAddress"), party)
    if party.get("email"):
        _say(_under(element, "ram:URIUniversalCommunication"), "ram:URIID", party["email"], schemeID="EM")
    if vat_id:
        _say(_under(element, "ram:SpecifiedTaxRegistration"), "ram:ID", vat_id, schemeID="VA")
    elif is_seller and party.get("tax_id"):
        _say(_under(element, "ram:SpecifiedTaxRegistration"), "ram:ID", party["tax_id"], schemeID="FC")


def _address(element: Any, party: Mapping[str, Any]) -> None:
    """The lines as printed, where the town does not stand apart."""
    place, lines = party.get("place") or {}, list(party["address"])
    if place:
        lines = [place["street"]]
    _say(element, "ram:PostcodeCode", place.get("postal_code", ""))
    for name, line in zip(("ram:LineOne", "ram:LineTwo", "ram:LineThree"), _three(lines), strict=False):
        _say(element, name, line)
    _say(element, "ram:CityName", place.get("city", ""))
    _say(element, "ram:CountryID", {"XK": "1A"}.get(party["country"], party["country"]))
    _say(element, "ram:CountrySubDivisionName", place.get("region", ""))


def _three(lines: list[str]) -> list[str]:
    return [*lines[:2], ", ".join(lines[2:])]


def _delivery(trade: Any, buyer: Mapping[str, Any]) -> None:
    """Where the services are supplied: at the buyer's, which is what the tax rests on."""
    place = _under(trade, "ram:ApplicableHeaderTradeDelivery", "ram:ShipToTradeParty")
    _say(place, "ram:Name", buyer["legal_name"])
    _address(_under(place, "ram:PostalTradeAddress"), buyer)


def _settlement(trade: Any, kind: str, context: Mapping[str, Any]) -> None:
    settlement = _under(trade, "ram:ApplicableHeaderTradeSettlement")
    payment = context["payment"]
    _say(settlement, "ram:PaymentReference", payment["remittance_reference"].replace(" ", ""))
    _say(settlement, "ram:InvoiceCurrencyCode", context["currency"])
    if payment["iban"]:
        _means(settlement, payment, context)
    _breakdown(settlement, context)
    if Decimal(context["discount"]):
        _discount(settlement, context)
    _terms(settlement, kind, context)
    _totals(settlement, context)
    if kind == "credit_note":
        earlier = _under(settlement, "ram:InvoiceReferencedDocument")
        _say(earlier, "ram:IssuerAssignedID", context["invoice"]["number"])
        _day(earlier, "ram:FormattedIssueDateTime", context["invoice"]["issued_on"], "qdt:DateTimeString")


def _means(settlement: Any, payment: Mapping[str, Any], context: Mapping[str, Any]) -> None:
    means = _under(settlement, "ram:SpecifiedTradeSettlementPaymentMeans")
    _say(means, "ram:TypeCode", "58" if context["currency"] == "EUR" else "30")  # SEPA or any credit transfer
    account = _under(means, "ram:PayeePartyCreditorFinancialAccount")
    _say(account, "ram:IBANID", payment["iban"].replace(" ", ""))
    _say(account, "ram:AccountName", context["seller"]["legal_name"])
    if payment["bic"]:
        _say(_under(means, "ram:PayeeSpecifiedCreditorFinancialInstitution"), "ram:BICID", payment["bic"])


def _breakdown(settlement: Any, context: Mapping[str, Any]) -> None:
    tax, category = _under(settlement, "ram:ApplicableTradeTax"), context["tax_category"]
    _money(tax, "ram:CalculatedAmount", context["tax"])
    _say(tax, "ram:TypeCode", "VAT")
    if category in {"AE", "E", "O"}:  # and no reason for the others (BR-S-10, BR-Z-10)
        _say(tax, "ram:ExemptionReason", context["tax_note"] or "No tax is charged.")
    _money(tax, "ram:BasisAmount", context["net"])
    _say(tax, "ram:CategoryCode", category)
    _say(tax, "ram:ExemptionReasonCode", REASON_CODES.get(category, ""))
    _rate(tax, context)


def _discount(settlement: Any, context: Mapping[str, Any]) -> None:
    discount = _under(settlement, "ram:SpecifiedTradeAllowanceCharge")
    _say(_under(discount, "ram:ChargeIndicator"), "udt:Indicator", "false")
    _money(discount, "ram:ActualAmount", context["discount"])
    _say(discount, "ram:Reason", context["discount_reason"] or "Discount")
    _tax(_under(discount, "ram:CategoryTradeTax"), context)


def _terms(settlement: Any, kind: str, context: Mapping[str, Any]) -> None:
    terms = _under(settlement, "ram:SpecifiedTradePaymentTerms")
    if kind == "credit_note":
        _say(terms, "ram:Description", f"Takes back invoice {context['invoice']['number']}; nothing is to be paid.")
    else:
        _day(terms, "ram:DueDateDateTime", context["due_on"])


def _totals(settlement: Any, context: Mapping[str, Any]) -> None:
    totals = _under(settlement, "ram:SpecifiedTradeSettlementHeaderMonetarySummation")
    _money(totals, "ram:LineTotalAmount", context["lines_total"])
    if Decimal(context["discount"]):
        _money(totals, "ram:AllowanceTotalAmount", context["discount"])
    _money(totals, "ram:TaxBasisTotalAmount", context["net"])
    _money(totals, "ram:TaxTotalAmount", context["tax"], currencyID=context["currency"])
    _money(totals, "ram:GrandTotalAmount", context["gross"])
    _money(totals, "ram:DuePayableAmount", context["gross"])
