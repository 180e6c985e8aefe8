"""Clauses of ISO 19005-3 (PDF/A-3, level A) that a program can judge in a finished file, by their numbers.

Not judged here: 6.1.4 and 6.1.9 (syntax of the cross-reference table and of objects: qpdf does), 6.2.4.2 in colour
spaces of images beyond their names, 6.2.11.4.2 in Type 1 fonts (there are none), 6.7.3 and 6.7.5 where only people can
say whether a tag or an alternative is the right one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import pikepdf
from lxml import etree

from tests.onboarding.rendering import shown

Rule = Callable[[pikepdf.Pdf, bytes], Iterator[str]]
FILTERS = {"/ASCIIHexDecode", "/ASCII85Decode", "/FlateDecode", "/RunLengthDecode", "/DCTDecode", "/JPXDecode",
           "/CCITTFaxDecode", "/JBIG2Decode"}  # fmt: skip
OPERATORS = set(
    "b B b* B* BDC BI BMC BT BX c cm CS cs d d0 d1 Do DP EI EMC ET EX f F f* G g gs h i ID j J K k l m M MP n q Q re RG "
    "rg ri s S SC sc SCN scn sh T* Tc Td TD Tf Tj TJ TL Tm Tr Ts Tw Tz v w W W* y ' \" INLINE".split()
)
INTENTS = {"/RelativeColorimetric", "/AbsoluteColorimetric", "/Perceptual", "/Saturation"}
BLENDS = {"/Normal", "/Compatible", "/Multiply", "/Screen", "/Overlay", "/Darken", "/Lighten", "/ColorDodge",
          "/ColorBurn", "/HardLight", "/SoftLight", "/Difference", "/Exclusion", "/Hue", "/Saturation", "/Color",
          "/Luminosity"}  # fmt: skip
ANNOTATIONS = {"/Text", "/Link", "/FreeText", "/Line", "/Square", "/Circle", "/Polygon", "/PolyLine", "/Highlight",
               "/Underline", "/Squiggly", "/StrikeOut", "/Stamp", "/Caret", "/Ink", "/Popup", "/FileAttachment",
               "/Widget", "/PrinterMark", "/TrapNet", "/Watermark", "/Redact"}  # fmt: skip
FORBIDDEN = {"/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/Hide", "/SetOCGState", "/Rendition", "/Trans",
           "/GoTo3DView", "/JavaScript"}  # fmt: skip
DEFINED = {  # namespaces whose properties need no extension schema
    "http://purl.org/dc/elements/1.1/", "http://ns.adobe.com/xap/1.0/", "http://ns.adobe.com/xap/1.0/mm/",
    "http://ns.adobe.com/pdf/1.3/", "http://www.aiim.org/pdfa/ns/id/", "http://www.aiim.org/pdfa/ns/extension/",
}  # fmt: skip
RDF, SCHEMA = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}", "{http://www.aiim.org/pdfa/ns/schema#}"


def dictionaries(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Every dictionary of the file, those of streams and those inside others included, each once."""
    waiting = [*pdf.objects, pdf.trailer]
    while waiting:
        one = waiting.pop()
        if isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            yield one
            inner = [value for _, value in one.items()]
        else:
            inner = list(one) if isinstance(one, pikepdf.Array) else []
        waiting += [v for v in inner if isinstance(v, pikepdf.Object) and not v.is_indirect and _holds(v)]


def _holds(value: Any) -> bool:
    return isinstance(value, pikepdf.Dictionary | pikepdf.Array)


def keys(pdf: pikepdf.Pdf, *names: str) -> Iterator[str]:
    for one in dictionaries(pdf):
        yield from (f"{name} in {one.get('/Type', 'a dictionary')}" for name in names if name in one)


def header(_: pikepdf.Pdf, content: bytes) -> Iterator[str]:
    if not re.match(rb"%PDF-1\.[0-7]\r?\n%[\x80-\xff]{4}", content):
        yield "no header with four high bytes"


def end(pdf: pikepdf.Pdf, content: bytes) -> Iterator[str]:
    if not re.search(rb"%%EOF\r?\n?\Z", content):
        yield "data after the last %%EOF"
    if "/ID" not in pdf.trailer or "/Encrypt" in pdf.trailer:
        yield "no ID, or encrypted"


def stream_keys(pdf: pikepdf.Pdf, _: bytes) -> Iterator[str]:
    for one in (one for one in pdf.objects if isinstance(one, pikepdf.Stream)):
        yield from (f"a stream with {key}" for key in ("/F", "/FFilter", "/FDecodeParms") if key in one)


def filters(pdf: pikepdf.Pdf, _: bytes) -> Iterator[str]:
    for one in (one for one in pdf.objects if isinstance(one, pikepdf.Stream) and "/Filter" in one):
        named = one.Filter if isinstance(one.Filter, pikepdf.Array) else [one.Filter]
        yield from (f"filter {name}" for name in map(str, named) if name not in FILTERS)


def limits(pdf: pikepdf.Pdf, _: bytes) -> Iterator[str]:
    if len(pdf.objects) > 8_388_607:
        yield "too many objects"
    for one in dictionaries(pdf):
        for key, value in one.items():
            if len(key.encode()) > 128 or (isinstance(value, pikepdf.Name) and len(str(value).encode()) > 128):
                yield f"a name longer than 127 bytes: {key}"
            if isinstance(value, pikepdf.String) and len(bytes(value)) > 32767:
                yield f"a string longer than 32767 bytes at {key}"
            if isinstance(value, int) and not -(2**31) <= value < 2**31:
                yield f"a number out of range at {key}"
    for page in pdf.pages:
        if not all(3 <= float(page.mediabox[edge + 2]) - float(page.mediabox[edge]) <= 14400 for edge in (0, 1)):
            yield "a page out of size"


def nesting(pdf: pikepdf.Pdf, _: bytes) -> Iterator[str]:
    for place, content, _resources in shown.streams(pdf):
        depth = 0
        for operator, _operands in shown.operators(content):
            depth += {"q": 1, "Q": -1}.get(operator, 0)
            if not 0 <= depth <= 28:
                yield f"q nested {depth} deep on {place}"
                break


def permissions(pdf: pikepdf.Pdf, _: bytes) -> Iterator[str]:
    yield from (f"permission {key}" for key in pdf.Root.get("/Perms", {}) if key not in {"/UR3", "/DocMDP"})


def known_operators(pdf: pikepdf.Pdf, _: bytes) -> Iterator[str]:
    for place, content, _resources in shown.streams(pdf):
        strange = {name for name, _operands in shown.operators(content)} - OPERATORS
        yield from (f"operator {name} on {place}" for name in strange if "INLINE" not in name.upper())


def resources_stand_by(pdf: pikepdf.Pdf, _: bytes) -> Iterator[str]:
    kinds = {"Tf": "/Font", "Do": "/XObject", "gs": "/ExtGState", "sh": "/Shading"}
    for place, content, resources in shown.streams(pdf):
        for operator, operands in shown.operators(content):
            if operator in kinds and str(operands[0]) not in resources.get(kinds[operator], {}):
                yield f"{operator} {operands[0]} is no resource of {place}"


def output_intents(pdf: pikepdf.Pdf, _: bytes) -> Iterator[str]:
    intents = list(pdf.Root.get("/OutputIntents", []))
    if [str(one.S) for one in intents] != ["/GTS_PDFA1"]:
        yield "not exactly one output intent for PDF/A"
        return
    profile = intents[0].DestOutputProfile.read_bytes()
    if profile[12:16] not in {b"mntr", b"prtr"} or profile[16:20] != b"RGB " or profile[8] >= 5:
        yield "the profile is not of a screen or printer in RGB, version below 5"
    if int(intents[0].DestOutputProfile.N) != 3 or int.from_bytes(profile[:4], "big") != len(profile):
        yield "the profile is not whole, or not of three colours"


def device_colours(pdf: pikepdf.Pdf, _: bytes) -> Iterator[str]:
    for place, content, _resources in shown.streams(pdf):
        for operator, operands in shown.operators(content):
            if operator in {"k", "K"} or (operator in {"cs", "CS"} and str(operands[0]) == "/DeviceCMYK"):
                yield f"CMYK on {place}"
    for one in dictionaries(pdf):
        if str(one.get("/ColorSpace", one.get("/CS", ""))) == "/DeviceCMYK":
            yield "an image or group in CMYK"


def graphics_states(pdf: pikepdf.Pdf, _: bytes) -> Iterator[str]:
    for one in dictionaries(pdf):
        if one.get("/Type") != "/ExtGState" and not {"/ca", "/CA", "/BM", "/SMask"} & set(one.keys()):
            continue
        if "/TR" in one or "/HTP" in one or str(one.get("/TR2", "/Default")) != "/Default":
            yield "a transfer function"
        if "/BM" in one and str(one.BM) not in BLENDS:
            yield f"blend mode {one.BM}"


def rendering_intents(pdf: pikepdf.Pdf, _: bytes) -> Iterator[str]:
    named = (str(one[key]) for one in dictionaries(pdf) for key in ("/RI", "/Intent") if key in one)
    used = (str(o[0]) for _, c, _r in shown.streams(pdf) for name, o in shown.operators(c) if name == "ri")
    yield from (f"rendering intent {name}" for name in chain(named, used) if name not in INTENTS)


def images(pdf: pikepdf.Pdf, _: bytes) -> Iterator[str]:
    for one in (one for one in pdf.objects if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image"):
        yield from (f"an image with {key}" for key in ("/Alternates", "/OPI") if key in one)
        if one.get("/Interpolate", False):
            yield "an image is interpolated"


def x_objects(pdf: pikepdf.Pdf, _: bytes) -> Iterator[str]:
    for one in (one for one in pdf.objects if isinstance(one, pikepdf.Stream) and "/Subtype" in one):
        if str(one.Subtype) == "/PS" or (
            one.Subtype == "/Form" and {"/OPI", "/PS", "/Ref", "/Subtype2"} & set(one.keys())
        ):
            yield "PostScript, or a drawing that stands elsewhere"


def composite_fonts(pdf: pikepdf.Pdf, _: bytes) -> Iterator[str]:
    for font, _cids in shown.glyphs(pdf).values():
        inner = font.DescendantFonts[0]
        if str(font.Encoding) not in {"/Identity-H", "/Identity-V"}:
            yield f"{font.BaseFont} has a CMap of its own"
        if str(inner.Subtype) == "/CIDFontType2" and str(inner.get("/CIDToGIDMap", "")) != "/Identity":
            yield f"{font.BaseFont} maps no glyphs"
        if font.BaseFont != inner.BaseFont or inner.BaseFont != inner.FontDescriptor.FontName:
            yield f"{font.BaseFont} has two names"


def embedded_fonts(pdf: pikepdf.Pdf, _: bytes) -> Iterator[str]:
    for font, cids in shown.glyphs(pdf).values():
        if not {"/FontFile2", "/FontFile3"} & set(font.DescendantFonts[0].FontDescriptor.keys()):
            yield f"{font.BaseFont} is not embedded"
        elif max(cids) >= shown.program(font)["maxp"].numGlyphs:
            yield f"{font.BaseFont} lacks glyph {max(cids)}"


def font_widths(pdf: pikepdf.Pdf, _: bytes) -> Iterator[str]:
    for font, cids in shown.glyphs(pdf).values():
        if not {"/FontFile2", "/FontFile3"} & set(font.DescendantFonts[0].FontDescriptor.keys()):
            continue  # another clause says so
        program, claimed = shown.program(font), shown.widths(font)
        order, metrics, scale = program.getGlyphOrder(), program["hmtx"].metrics, 1000 / program["head"].unitsPerEm
        for cid in cids:
            if abs(claimed.get(cid, 1000) - metrics[order[cid]][0] * scale) > 1:
                yield f"{font.BaseFont}: glyph {cid} is {metrics[order[cid]][0] * scale:.0f} wide, not {claimed.get(cid)}"


def unicode_maps(pdf: pikepdf.Pdf, _: bytes) -> Iterator[str]:
    for font, cids in shown.glyphs(pdf).values():
        if "/ToUnicode" not in font:
            yield f"{font.BaseFont} says no characters"
            continue
        said = shown.unicode_of(font)
        yield from (f"{font.BaseFont}: glyph {cid} says nothing" for cid in cids if cid not in said)
        for cid in cids & said.keys():
            if {"\0", "\ufeff", "\ufffe"} & set(said[cid]):
                yield f"{font.BaseFont}: glyph {cid} says {said[cid]!a}"
            if any("\ue000" <= one <= "\uf8ff" or one >= "\U000f0000" for one in said[cid]):
                yield f"{font.BaseFont}: glyph {cid} says a private character"


def no_boxes(pdf: pikepdf.Pdf, _: bytes) -> Iterator[str]:
    yield from (f"a box in {font.BaseFont}" for font, cids in shown.glyphs(pdf).values() if 0 in cids)


def annotations(pdf: pikepdf.Pdf, _: bytes) -> Iterator[str]:
    for page in pdf.pages:
        for one in page.obj.get("/Annots", []):
            flags = int(one.get("/F", 0))
            if str(one.Subtype) not in ANNOTATIONS:
                yield f"annotation {one.Subtype}"
            if str(one.Subtype) != "/Popup" and (not flags & 4 or flags & 0b1_0010_0011):
                yield f"annotation {one.Subtype} with flags {flags}"
            if "/AP" in one and set(one.AP.keys()) != {"/N"}:
                yield "an appearance besides the normal one"


def forms(pdf: pikepdf.Pdf, _: bytes) -> Iterator[str]:
    form = pdf.Root.get("/AcroForm", {})
    if form.get("/NeedAppearances", False) or "/XFA" in form or "/NeedsRendering" in pdf.Root:
        yield "a form that is drawn by its reader"
    yield from (f"a field with {key}" for one in form.get("/Fields", []) for key in ("/A", "/AA") if key in one)


def actions(pdf: pikepdf.Pdf, _: bytes) -> Iterator[str]:
    yield from (f"action {one.S}" for one in dictionaries(pdf) if str(one.get("/S", "")) in FORBIDDEN)
    yield from (f"additional actions in {kind}" for kind in keys(pdf, "/AA"))


def xmp_packet(pdf: pikepdf.Pdf, _: bytes) -> Iterator[str]:
    raw = pdf.Root.Metadata.read_bytes()
    head = raw.split(b"?>", 1)[0]
    if b"bytes=" in head or b"encoding=" in head or "/Filter" in pdf.Root.Metadata:
        yield "a packet with a length or an encoding, or compressed"
    raw.decode("utf-8")


def extension_schemas(pdf: pikepdf.Pdf, _: bytes) -> Iterator[str]:
    root = etree.fromstring(pdf.Root.Metadata.read_bytes())
    declared = {one.text for one in root.iter(f"{SCHEMA}namespaceURI")}
    for about in root.iter(f"{RDF}Description"):
        used = {etree.QName(child).namespace for child in about} - DEFINED - declared
        yield from (f"properties of {uri} are not declared" for uri in used)


def information(pdf: pikepdf.Pdf, _: bytes) -> Iterator[str]:
    xmp = pdf.open_metadata()
    for key, name in (("/Title", "dc:title"), ("/Subject", "dc:description"), ("/Creator", "xmp:CreatorTool"),
                      ("/Producer", "pdf:Producer")):  # fmt: skip
        if str(pdf.docinfo.get(key, "")) != (xmp.get(name) or ""):
            yield f"{key} is not {name}"
    if str(pdf.docinfo.get("/Author", "")) != ", ".join(xmp.get("dc:creator") or []):
        yield "/Author is not dc:creator"
    for key, name in (("/CreationDate", "xmp:CreateDate"), ("/ModDate", "xmp:ModifyDate")):
        digits = re.sub(r"\D", "", str(pdf.docinfo.get(key, "")))
        if not digits.startswith(re.sub(r"\D", "", xmp.get(name) or "")[:14]):
            yield f"{key} is not {name}"


def identification(pdf: pikepdf.Pdf, _: bytes) -> Iterator[str]:
    xmp = pdf.open_metadata()
    if (xmp.get("pdfaid:part"), xmp.get("pdfaid:conformance")) != ("3", "A"):
        yield "not identified as PDF/A-3a"


def tagging(pdf: pikepdf.Pdf, _: bytes) -> Iterator[str]:
    mark = pdf.Root.get("/MarkInfo", {})
    if not mark.get("/Marked", False) or mark.get("/Suspects", False) or "/StructTreeRoot" not in pdf.Root:
        yield "not tagged, or doubtfully"


def language(pdf: pikepdf.Pdf, _: bytes) -> Iterator[str]:
    for one in dictionaries(pdf):
        if "/Lang" in one and not re.fullmatch(r"[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8})*", str(one.Lang)):
            yield f"language {one.Lang}"
    if "/Lang" not in pdf.Root:
        yield "no language"


def attachments(pdf: pikepdf.Pdf, _: bytes) -> Iterator[str]:
    named = pdf.Root.get("/Names", {}).get("/EmbeddedFiles", {}).get("/Names", [])
    files = [one for one in dictionaries(pdf) if "/EF" in one]
    if sorted(one.objgen for one in files) != sorted(one.objgen for one in list(named)[1::2]):
        yield "an attachment that no name leads to"
    for one in files:
        if not {"/F", "/UF", "/AFRelationship"} <= set(one.keys()) or str(one.F) != str(one.UF):
            yield "an attachment without its names or relation"
        if "/" not in str(one.EF.F.get("/Subtype", ""))[1:]:
            yield "an attachment without a type"


def nothing_of(*names: str) -> Rule:
    return lambda pdf, _: keys(pdf, *names)


RULES: dict[str, Rule] = {
    "6.1.2 file header": header,
    "6.1.3 file trailer": end,
    "6.1.7.1 streams stand in the file": stream_keys,
    "6.1.7.2 filters": filters,
    "6.1.12 permissions": permissions,
    "6.1.13 limits": limits,
    "6.1.13 nesting of q and Q": nesting,
    "6.2.2 operators of the standard": known_operators,
    "6.2.2 resources of their own": resources_stand_by,
    "6.2.3 output intent": output_intents,
    "6.2.4.3 device colours": device_colours,
    "6.2.5 graphics states, 6.2.10 blend modes": graphics_states,
    "6.2.6 rendering intents": rendering_intents,
    "6.2.8 images": images,
    "6.2.9 form and PostScript XObjects": x_objects,
    "6.2.11.3 composite fonts": composite_fonts,
    "6.2.11.4 fonts embedded": embedded_fonts,
    "6.2.11.5 widths of glyphs": font_widths,
    "6.2.11.7 character maps": unicode_maps,
    "6.2.11.8 no .notdef": no_boxes,
    "6.3 annotations": annotations,
    "6.4 forms": forms,
    "6.5 actions": actions,
    "6.6.2.1 metadata stream": xmp_packet,
    "6.6.2.3 extension schemas": extension_schemas,
    "6.6.3 information dictionary": information,
    "6.6.4 identification": identification,
    "6.7.2 tagged": tagging,
    "6.7.4 language": language,
    "6.8 embedded files": attachments,
    "6.9 optional content": nothing_of("/OCProperties", "/OCGs"),
    "6.10 alternate presentations": nothing_of("/AlternatePresentations", "/PresSteps"),
    "6.11 requirements": nothing_of("/Requirements"),
}


def broken(pdf: pikepdf.Pdf, content: bytes) -> list[str]:
    """What breaks a clause: its number and title, and what stands in the file."""
    return [f"{clause}: {what}" for clause, rule in RULES.items() for what in dict.fromkeys(rule(pdf, content))]
