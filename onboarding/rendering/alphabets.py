"""The alphabets people write their names in today, a few letters of each: what a machine's fonts are asked for."""

from __future__ import annotations

from onboarding.rendering import pdf

SAMPLES = {
    "Latin": "Þórdís Żółć Nguyễn Thị Ánh",
    "Greek": "Ελένη Παπαδοπούλου",
    "Cyrillic": "Йосип Ґудзенко-Ёлкин Ұлы",
    "Armenian": "Հայաստանի Գեղամյան",
    "Georgian": "საქართველოს ბანკი",
    "Hebrew": "יוסף כהן בע״מ",
    "Arabic": "محمد بن عبد الله پژگچ ٹڈے",
    "Syriac": "ܣܘܪܝܝܐ",
    "Thaana": "ދިވެހި",
    "N’Ko": "ߒߞߏ",
    "Adlam": "𞤀𞤣𞤤𞤢𞤥",
    "Devanagari": "भारत सॉफ्टवेयर प्राइवेट",
    "Bengali": "বাংলা সফটওয়্যার",
    "Gurmukhi": "ਪੰਜਾਬੀ",
    "Gujarati": "ગુજરાતી",
    "Odia": "ଓଡ଼ିଆ",
    "Tamil": "தமிழ் மென்பொருள்",
    "Telugu": "సాఫ్ట్వేర్",
    "Kannada": "ಕನ್ನಡ",
    "Malayalam": "മലയാളം",
    "Sinhala": "සමාගම",
    "Thai": "บริษัท น้ำใจ จำกัด",
    "Lao": "ບໍລິສັດ",
    "Burmese": "ကုမ္ပဏီ",
    "Khmer": "ក្រុមហ៊ុន",
    "Tibetan": "བོད་ཡིག",
    "Mongolian": "ᠮᠣᠩᠭᠣᠯ",
    "Javanese": "ꦗꦮ",
    "Balinese": "ᬩᬮᬶ",
    "Sundanese": "ᮞᮥᮔ᮪ᮓ",
    "Ethiopic": "ኢትዮጵያ ንግድ ባንክ",
    "Tifinagh": "ⵜⴰⵎⴰⵣⵉⵖⵜ",
    "Vai": "ꕙꔤ",
    "Cherokee": "ᏣᎳᎩ",
    "Canadian syllabics": "ᐃᓄᒃᑎᑐᑦ",
    "Chinese": "李小龍 王芳 龙门",
    "rare Chinese": "𠮷野 𡈽",
    "Japanese": "山田 太郎 さくら サクラ",
    "Korean": "김민준 이서연 뷁",
    "Yi": "ꆈꌠ",
    "signs": "№ ™ ₿ ₹ ∑ ≤ ← ★ ✓",
    "emoji": "🚀 ❤️ 👩‍💻 🇩🇪",
}


def lacking() -> list[str]:
    """The alphabets of which this machine's fonts lack a letter; takes a second or two."""
    without = set(pdf.without_glyph("".join(SAMPLES.values())))
    return [name for name, letters in SAMPLES.items() if without & set(letters)]
