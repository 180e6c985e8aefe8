"""Invoices and credit notes as many years would bring them, each from its number alone."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

CENT = Decimal("0.01")
VAT_IDS = {
    "DE": "DE123456788", "FR": "FR11123456782", "GR": "EL123456783", "AT": "ATU12345675", "ES": "ESB12345674",
    "NL": "NL123456789B13", "DK": "DK12345674", "GB": "GB123456782", "CH": "CHE123456788MWST",
}  # fmt: skip
COUNTRIES = [*VAT_IDS, "US", "CA", "JP", "BR", "IN", "AE", "XK", "SA", "IL"]
UNPRINTABLE = "Zo\x0bë \u202eevil\u202c Ltd"
NAMES = [
    "Acme GmbH", "Håkonsen & Søn <Maritime> Services A/S", "<script>alert('no')</script> & Sons",
    "Ελληνική Ναυτιλία Α.Ε.", "ООО «Северный Ветер»", "株式会社東京商事", "شركة الأمل للتجارة",
    'חברת "אור" בע״מ', UNPRINTABLE, "]]>&amp;<!--", "A" * 200,
]  # fmt: skip
UNITS = ["C62", "MON", "HUR", "DAY"]


def bill(seed: int) -> tuple[str, dict[str, Any]]:
    """Kind and context of one invoice or credit note: any country, category, discount, quantity and name."""
    random = Random(seed)
    category = random.choice(["S", "AE", "E", "Z", "O"])
    rate = Decimal(random.choice(["19", "20", "8.1", "25.5", "5"])) if category == "S" else Decimal(0)
    lines = [_line(random, rate) for _ in range(random.choice([1, 1, 2, 3, 7, 40]))]
    total = sum((Decimal(line["net"]) for line in lines), Decimal(0))
    discount = (total * random.choice([0, 0, 5, 10, 33, 100]) / 100).quantize(CENT, ROUND_HALF_UP)
    net = total - discount
    tax = (net * rate / 100).quantize(CENT, ROUND_HALF_UP)
    day = f"20{random.randint(24, 31)}-{random.randint(1, 12):02d}-{random.randint(1, 28):02d}"
    context = {
        "number": f"INV-2026-{seed:04d}", "reference": f"ENG-2026-{seed:04d}", "issued_on": day, "due_on": day,
        "agreement": random.choice(["", f"MSA-2026-{seed:04d}"]),
        "seller": _party(random, random.choice([*VAT_IDS, "US"] if category == "O" else list(VAT_IDS)))
        | {"email": "billing@interweave.example"},
        "buyer": _party(random, random.choice(list(VAT_IDS) if category == "AE" else COUNTRIES)),
        "lines": lines, "lines_total": f"{total:.2f}", "discount": f"{discount:.2f}",
        "discount_reason": random.choice(["", "Early customer & friend <3", "Rabatt für Treue"]),
        "currency": random.choice(["USD", "EUR", "GBP", "CHF", "JPY"]), "tax_category": category,
        "tax_rate": format(rate, "f"), "net": f"{net:.2f}", "tax": f"{tax:.2f}", "gross": f"{net + tax:.2f}",
        "tax_note": random.choice(["", "No tax is due: <words> & more"]), "payment": _payment(random),
        "notes": random.choice(["", "Thank you.\n\nWe are glad to have you.", "\x07"]),
    }  # fmt: skip
    if random.random() < 0.25:
        context |= {"number": f"CN-2026-{seed:04d}", "reason": "Wrong <address> & name",
                    "invoice": {"number": f"INV-2026-{seed:04d}", "issued_on": "2026-01-02"}}  # fmt: skip
        return "credit_note", context
    return "invoice", context


def _line(random: Random, rate: Decimal) -> dict[str, Any]:
    quantity = Decimal(random.choice(["1", "12", "0.01", "2.5", "999999.99", "33.33"]))
    price = Decimal(random.choice(["0", "199", "2500.00", "0.01", "33.33"]))
    return {
        "description": random.choice(["Set-up", *NAMES, "Long " * 60]), "quantity": format(quantity, "f"),
        "unit": random.choice(UNITS), "unit_price": f"{price:.2f}", "tax_rate": format(rate, "f"),
        "net": f"{(quantity * price).quantize(CENT, ROUND_HALF_UP):.2f}",
    }  # fmt: skip


def _party(random: Random, country: str) -> dict[str, Any]:
    lines = random.choice([["1 Way", "Town 02110"], ["Only one"], ["A", "B", "C", "D & E <f>"]])
    place = {"street": "Nyhavn 71 & 72", "city": "København", "region": "", "postal_code": "1051"}
    return {
        "legal_name": random.choice(NAMES), "address": lines, "place": random.choice([None, place]), "country": country,
        "registration_number": random.choice(["", "HRB <7> & 8"]), "vat_id": VAT_IDS.get(country, ""),
        "tax_id": random.choice(["04-1234567", ""]) if country not in VAT_IDS else VAT_IDS[country],
    }  # fmt: skip


def _payment(random: Random) -> dict[str, Any]:
    bank = random.choice([("DE89 3704 0044 0532 0130 00", "COBADEFFXXX"), ("GB33BUKB20201555555555", ""), ("", "")])
    return {"iban": bank[0], "bic": bank[1], "remittance_reference": "RF18 5390 0754 7034"}
