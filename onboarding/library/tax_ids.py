"""Tax and VAT numbers of every country python-stdnum knows: what they are called there, an example, and the check."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import stdnum
from stdnum import get_cc_module
from stdnum.exceptions import ValidationError

# Packages of stdnum that are no country.
OTHERS = frozenset({"eu", "iso7064"})


@dataclass(frozen=True)
class TaxId:
    """A country's number: the words people know it by, an example that passes the check and belongs to nobody.

    `kinds` are stdnum's modules, tried in this order; without one, those it holds for VAT or business tax numbers.
    `is_personal`: stdnum knows the number of people only, so that a number that does not pass may still be a company's.
    """

    words: str
    example: str
    kinds: tuple[str, ...] = ()
    is_personal: bool = False


KNOWN = {
    "AD": TaxId("NRT", "U-123456-X"),
    "AL": TaxId("NIPT", "L12345678A"),
    "AR": TaxId("CUIT", "20-12345678-6"),
    "AT": TaxId("UID (VAT number)", "ATU12345675"),
    "AU": TaxId("ABN", "12 345 678 012", ("abn",)),
    "AZ": TaxId("VÖEN", "1234567801"),
    "BE": TaxId("VAT number (BTW, TVA)", "BE0123456749"),
    "BG": TaxId("VAT number (ДДС)", "BG123456786"),
    "BR": TaxId("CNPJ", "12.345.678/9012-30"),
    "BY": TaxId("UNP (УНП)", "123456783"),
    "CA": TaxId("BN", "12345 6782", ("bn",)),
    "CH": TaxId("UID", "CHE-123.456.788", ("uid", "vat")),
    "CL": TaxId("RUT", "12.345.678-5"),
    "CN": TaxId("USCC (统一社会信用代码)", "12345678901234522L"),
    "CO": TaxId("NIT", "123.456.789-6"),
    "CR": TaxId("cédula jurídica", "3-101-234567"),
    "CU": TaxId("NI", "91012345678", ("ni",), is_personal=True),
    "CY": TaxId("VAT number (ΦΠΑ)", "CY11234563P"),
    "CZ": TaxId("DIČ", "CZ12345601"),
    "DE": TaxId("USt-IdNr. (VAT number)", "DE123456788"),
    "DK": TaxId("CVR number", "DK12345674"),
    "DO": TaxId("RNC", "1-23-45678-6"),
    "DZ": TaxId("NIF", "123456789012345"),
    "EC": TaxId("RUC", "1790123456001"),
    "EE": TaxId("KMKR (VAT number)", "EE123456780"),
    "EG": TaxId("tax registration number", "123-456-789"),
    "ES": TaxId("NIF", "B12345674"),
    "FI": TaxId("ALV number (VAT)", "FI12345671"),
    "FO": TaxId("V number", "123456"),
    "FR": TaxId("TVA number or SIREN", "FR11123456782", ("tva", "siren", "siret")),
    "GB": TaxId("VAT number", "GB 123 4567 82"),
    "GH": TaxId("TIN", "C0012345679"),
    "GN": TaxId("NIFp", "123-456-782"),
    "GR": TaxId("VAT number (ΑΦΜ)", "EL123456783"),
    "GT": TaxId("NIT", "123451-K"),
    "HR": TaxId("OIB", "HR12345678903"),
    "HU": TaxId("VAT number (adószám)", "HU12345676"),
    "ID": TaxId("NPWP", "01.234.567.4-091.000"),
    "IE": TaxId("VAT number", "IE1234567FA"),
    "IL": TaxId("company number (ח.פ.)", "512345679"),
    "IN": TaxId("GSTIN", "12AAPFU3457F9ZV"),
    "IS": TaxId("VSK number (VAT)", "IS12345"),
    "IT": TaxId("Partita IVA", "IT12345678887"),
    "JP": TaxId("Corporate Number (法人番号)", "1-2345-6789-0122"),
    "KE": TaxId("KRA PIN", "P123456789M"),
    "KR": TaxId("BRN (사업자등록번호)", "123-45-67890"),
    "LI": TaxId("PEID", "12345678901", ("peid",)),
    "LT": TaxId("PVM code (VAT)", "LT123456715"),
    "LU": TaxId("TVA number", "LU12345613"),
    "LV": TaxId("PVN number (VAT)", "LV41234567891"),
    "MA": TaxId("ICE", "123456789012333"),
    "MC": TaxId("TVA number", "FR90000012345"),
    "MD": TaxId("IDNO", "1234567890122", ("idno",)),
    "ME": TaxId("PIB", "12345679"),
    "MK": TaxId("EDB (ЕДБ)", "1234567890125"),
    "MT": TaxId("VAT number", "MT12345671"),
    "MU": TaxId("NID", "A0101901234563", ("nid",), is_personal=True),
    "MX": TaxId("RFC", "ABC-210101-AA0"),
    "MY": TaxId("NRIC", "770123-45-6789", ("nric",), is_personal=True),
    "MZ": TaxId("NUIT", "123 456 785"),
    "NL": TaxId("btw-id", "NL123456782B01"),
    "NO": TaxId("MVA number (VAT)", "NO 123 456 785 MVA", ("mva", "orgnr")),
    "NZ": TaxId("IRD number", "12-345-674", ("ird",)),
    "PE": TaxId("RUC", "20123456786"),
    "PK": TaxId("CNIC", "12345-6789012-3", ("cnic",), is_personal=True),
    "PL": TaxId("NIP", "PL1234567802"),
    "PT": TaxId("NIF", "PT123456789"),
    "PY": TaxId("RUC", "12345678-9"),
    "RO": TaxId("CIF", "RO12345674"),
    "RS": TaxId("PIB", "123456788"),
    "RU": TaxId("INN (ИНН)", "1234567894"),
    "SE": TaxId("momsregistreringsnummer (VAT)", "SE123456789701"),
    "SG": TaxId("UEN", "12345678M"),
    "SI": TaxId("ID za DDV (VAT)", "SI12345679"),
    "SK": TaxId("IČ DPH (VAT)", "SK1234567895"),
    "SM": TaxId("COE", "12345"),
    "SN": TaxId("NINEA", "1234567"),
    "SV": TaxId("NIT", "1234-567890-123-0"),
    "TH": TaxId("TIN", "0-12-3-456-78901-6"),
    "TN": TaxId("matricule fiscal", "1234567/M/A/E/890"),
    "TR": TaxId("VKN", "1234567890"),
    "TW": TaxId("UBN (統一編號)", "12345675"),
    "UA": TaxId("EDRPOU (ЄДРПОУ)", "12345678", ("edrpou", "rntrc")),
    "US": TaxId("EIN", "12-3456789", ("ein",)),
    "UY": TaxId("RUT", "21-123456-001-9"),
    "VE": TaxId("RIF", "V-12345678-1"),
    "VN": TaxId("MST", "1234567893"),
    "ZA": TaxId("tax reference number", "1234567897", ("tin",)),
}  # fmt: skip


def countries() -> list[str]:
    """Every country python-stdnum has modules for (ISO 3166-1 alpha-2), as the installed release holds them."""
    packages = (one.name for one in pkgutil.iter_modules(stdnum.__path__) if one.ispkg and one.name not in OTHERS)
    return sorted(name.strip("_").upper() for name in packages)


def name(country: str) -> str:
    """What the tax number is called in a country (ISO 3166-1 alpha-2)."""
    known = KNOWN.get(country)
    return known.words if known else "VAT or tax number"


def example(country: str) -> str:
    """A number as it is written there, belonging to nobody; empty where no rule is known."""
    known = KNOWN.get(country)
    return known.example if known else ""


def hint(country: str) -> str:
    """One line for a form: what the number is called and how it is written."""
    known = KNOWN.get(country)
    return f"{known.words}, such as {known.example}" if known else "As the country's tax office gave it"


def check(number: str, country: str) -> tuple[bool | None, str]:
    """True or False with the reason in words; None when no rule can decide, so a person looks."""
    modules = list(_modules(country))
    if not modules:
        return None, f"No rule is known for {country}"
    for module in modules:
        try:
            return True, f"Valid as {name(country)}: {module.validate(number)}"
        except ValidationError:
            continue
    if KNOWN[country].is_personal:
        return None, f"Only people's numbers can be checked for {country}, and this is none"
    return False, f"Not a valid {name(country)} by its length or check digits; one looks like {example(country)}"


@cache
def _modules(country: str) -> tuple[Any, ...]:
    known = KNOWN.get(country)
    return tuple(_found(country.lower(), known)) if known else ()


def _found(package: str, known: TaxId) -> Iterator[Any]:
    if not known.kinds:
        module = get_cc_module(package, "vat")
        if module is not None:
            yield module
    folder = f"{package}_" if package in {"in", "is"} else package  # words of Python's own
    for kind in known.kinds:
        yield importlib.import_module(f"stdnum.{folder}.{kind}")
