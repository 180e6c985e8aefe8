"""Tax and VAT numbers by country, checked with python-stdnum where it knows the country."""

from stdnum import get_cc_module
from stdnum.exceptions import ValidationError

# What the number is called where; the words people know it by.
NAMES = {"US": "EIN", "CA": "BN", "GB": "VAT number", "AU": "ABN", "IN": "GSTIN", "CH": "UID", "NZ": "IRD number"}
MODULES = {"US": ("ein",), "CA": ("bn",), "AU": ("abn",), "IN": ("gstin",), "CH": ("uid", "vat"), "NZ": ("ird",)}
FALLBACKS = ("vat", "tin", "ein")


def name(country: str) -> str:
    """What the tax number is called in a country (ISO 3166-1 alpha-2)."""
    return NAMES.get(country, "VAT or tax number")


def check(number: str, country: str) -> tuple[bool | None, str]:
    """True or False with the reason in words; None when no rule for the country is known, so a person looks."""
    modules = [get_cc_module(country.lower(), kind) for kind in MODULES.get(country, FALLBACKS)]
    known = [module for module in modules if module is not None]
    if not known:
        return None, f"No rule is known for {country}"
    for module in known:
        try:
            return True, f"Valid as {name(country)}: {module.validate(number)}"
        except ValidationError:
            continue
    return False, f"Not a valid {name(country)} by its length or check digits"
