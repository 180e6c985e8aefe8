"""PDF/A-3a that is PDF/UA-1 too: what WeasyPrint's one variant leaves out is put in before its trailer is written.

WeasyPrint knows each standard alone and appends foreign XMP as a second RDF block, which independent readers skip. So
the packet is written here whole, in one block: both ids, and the extension schemas PDF/A asks for.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from importlib.resources import files
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pydyf
from lxml import etree
from weasyprint import VERSION
from weasyprint.document import DocumentMetadata

from onboarding.rendering import characters, tagging

VARIANT = "pdf/a-3a"
COLOURS = "device-rgb"  # explained by our own output intent: WeasyPrint's leaves its profile's file open
NAMESPACES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
    "pdfaExtension": "http://www.aiim.org/pdfa/ns/extension/",
    "pdfaSchema": "http://www.aiim.org/pdfa/ns/schema#",
    "pdfaProperty": "http://www.aiim.org/pdfa/ns/property#",
    "fx": "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#",
}
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
# Properties PDF/A does not know: (name, type, category, what it says).
UA_SCHEMA = [("part", "Integer", "internal", "Part of ISO 14289 this file conforms to")]
FACTUR_X_SCHEMA = [
    ("DocumentFileName", "Text", "external", "Name of the embedded XML invoice file"),
    ("DocumentType", "Text", "external", "INVOICE, also for a credit note"),
    ("Version", "Text", "external", "Version of the standard of the embedded XML"),
    ("ConformanceLevel", "Text", "external", "Profile of the embedded XML"),
]
UNWRITABLE = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])  # no XML can hold them
HEAD = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'.encode()
TAIL = b'\n<?xpacket end="r"?>'


def finisher(identifier: str, *, factur_x: dict[str, str] | None = None) -> Callable[[Any, Any], None]:
    """What WeasyPrint calls before it writes the trailer. `factur_x` are the four properties of an e-invoice.

    Raises characters.Unprintable when a letter was drawn as a box.
    """

    def finish(document: Any, pdf: pydyf.PDF) -> None:
        if without := lacking(document):
            raise characters.Unprintable(without, "")
        tagging.finish(pdf)
        _explain_colours(pdf)
        xmp = packet(document.metadata, identifier, factur_x=factur_x)
        # Never compressed: readers that know no PDF find the packet by its first bytes.
        metadata = pydyf.Stream([xmp], {"Type": "/Metadata", "Subtype": "/XML"}, compress=False)
        metadata.number = int(pdf.catalog["Metadata"].split()[0])
        pdf.objects[metadata.number] = metadata
        if "AF" in pdf.catalog:  # WeasyPrint lists each attachment twice
            pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))

    return finish


def lacking(document: Any) -> list[str]:
    """The characters for which WeasyPrint found no glyph in any font: it would draw .notdef (ISO 19005-3, 6.2.11.8)."""
    codes = {code: chr(code) for font in document.fonts.values() for code in font.missing}
    unknown = {text for font in document.fonts.values() for glyph, text in font.to_unicode.items() if glyph == 0}
    return [*codes.values(), *(one for text in sorted(unknown) for one in text)]


def _explain_colours(pdf: pydyf.PDF) -> None:
    """All colours are of sRGB, by the profile that goes along."""
    profile = pydyf.Stream([_profile()], {"N": 3}, compress=True)
    pdf.add_object(profile)
    intent = {
        "Type": "/OutputIntent",
        "S": "/GTS_PDFA1",
        "OutputConditionIdentifier": pydyf.String("sRGB2014"),
        "Info": pydyf.String("sRGB IEC61966-2.1"),
        "DestOutputProfile": profile.reference,
    }
    pdf.catalog["OutputIntents"] = pydyf.Array([pydyf.Dictionary(intent)])


@lru_cache(maxsize=1)
def _profile() -> bytes:
    return (files("weasyprint.pdf") / "sRGB2014.icc").read_bytes()


def packet(metadata: DocumentMetadata, identifier: str, *, factur_x: dict[str, str] | None = None) -> bytes:
    """The XMP packet: one RDF block, the same for the same document. `identifier` is any text that names its content."""
    root = etree.Element("{adobe:ns:meta/}xmpmeta", nsmap={"x": "adobe:ns:meta/"})
    rdf = etree.SubElement(root, _name("rdf:RDF"), nsmap=_used(factur_x))
    about = etree.SubElement(rdf, _name("rdf:Description"), {_name("rdf:about"): ""})
    _say(about, "pdfaid:part", "3")
    _say(about, "pdfaid:conformance", "A")
    _say(about, "pdfuaid:part", "1")
    _describe(about, metadata)
    _say(about, "xmpMM:DocumentID", f"uuid:{uuid5(NAMESPACE_URL, identifier)}")
    for name, value in (factur_x or {}).items():
        _say(about, f"fx:{name}", value)
    schemas = etree.SubElement(etree.SubElement(about, _name("pdfaExtension:schemas")), _name("rdf:Bag"))
    _declare(schemas, "PDF/UA identification schema", "pdfuaid", UA_SCHEMA)
    if factur_x:
        _declare(schemas, "Factur-X PDF/A extension schema", "fx", FACTUR_X_SCHEMA)
    return HEAD + etree.tostring(root, encoding="utf-8", xml_declaration=False, pretty_print=True) + TAIL


def _used(factur_x: dict[str, str] | None) -> dict[str, str]:
    return {prefix: uri for prefix, uri in NAMESPACES.items() if factur_x or prefix != "fx"}


def _name(prefixed: str) -> str:
    prefix, local = prefixed.split(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


def _say(parent: Any, name: str, value: str | None) -> None:
    if value:
        etree.SubElement(parent, _name(name)).text = value.translate(UNWRITABLE)


def _describe(about: Any, metadata: DocumentMetadata) -> None:
    """Title, author and dates: what the document's information dictionary says, in the same words."""
    _list(about, "dc:title", "rdf:Alt", [metadata.title])
    _list(about, "dc:creator", "rdf:Seq", metadata.authors)
    _list(about, "dc:description", "rdf:Alt", [metadata.description])
    _list(about, "dc:language", "rdf:Bag", [metadata.lang])
    _say(about, "dc:format", "application/pdf")
    _say(about, "pdf:Producer", f"WeasyPrint {VERSION}")
    _say(about, "xmp:CreatorTool", metadata.generator)
    _say(about, "xmp:CreateDate", metadata.created)
    _say(about, "xmp:ModifyDate", metadata.modified)
    _say(about, "xmp:MetadataDate", metadata.modified)


def _list(about: Any, name: str, kind: str, values: list[str | None]) -> None:
    given = [value for value in values if value]
    if not given:
        return
    holder = etree.SubElement(etree.SubElement(about, _name(name)), _name(kind))
    for value in given:
        item = etree.SubElement(holder, _name("rdf:li"), {LANGUAGE: "x-default"} if kind == "rdf:Alt" else {})
        item.text = value.translate(UNWRITABLE)


def _declare(schemas: Any, title: str, prefix: str, properties: list[tuple[str, str, str, str]]) -> None:
    resource = {_name("rdf:parseType"): "Resource"}
    schema = etree.SubElement(schemas, _name("rdf:li"), resource)
    _say(schema, "pdfaSchema:schema", title)
    _say(schema, "pdfaSchema:namespaceURI", NAMESPACES[prefix])
    _say(schema, "pdfaSchema:prefix", prefix)
    listed = etree.SubElement(etree.SubElement(schema, _name("pdfaSchema:property")), _name("rdf:Seq"))
    for name, kind, category, words in properties:
        item = etree.SubElement(listed, _name("rdf:li"), resource)
        _say(item, "pdfaProperty:name", name)
        _say(item, "pdfaProperty:valueType", kind)
        _say(item, "pdfaProperty:category", category)
        _say(item, "pdfaProperty:description", words)
