"""The two parties of the samples, with names in four alphabets and markup in one of them."""

from __future__ import annotations

import subprocess

from onboarding.rendering.contexts import Party

REFERENCE = "ENG-2026-0042"
COMPANY = "Håkonsen & Søn <Maritime> Services A/S"
LONG_NAME = (
    "Gesellschaft für vorausschauende Instandhaltung von Hochdruckdampferzeugungsanlagen und "
    "Kraftwerksnebenbetrieben mit beschränkter Haftung & Co. Kommanditgesellschaft"
)
SYSTEM_HAS_CJK = bool(subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False).stdout)
SCRIPTS = {"Greek": "Ελληνική Ναυτιλία Α.Ε.", "Cyrillic": "ООО «Северный Ветер»"}
if SYSTEM_HAS_CJK:
    SCRIPTS["CJK"] = "株式会社東京商事"
HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
HEAD = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"

SELLER: Party = {
    "legal_name": "InterWeave SmartSolutions",
    "registration_number": "MA 001-234-567",
    "tax_id": "04-1234567",
    "address": "1 Integration Way, Boston MA 02110",
    "country": "US",
    "email": "billing@interweave.example",
    "signatory": {"name": "Ruth Abendroth", "title": "Chief Operating Officer", "email": "ruth@interweave.example"},
}
BUYER: Party = {
    "legal_name": COMPANY,
    "registration_number": "DK 2748 1193",
    "tax_id": "DK27481193",
    "address": ["Nyhavn 71, 3. sal", "1051 København K"],
    "country": "DK",
    "signatory": {"name": "Þórdís O’Brien-Håkonsen", "title": "Managing Director", "email": "thordis@hakonsen.example"},
}
