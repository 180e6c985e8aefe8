"""A company's row keeps what it is compared by, so that the database finds the companies like it."""

import unicodedata
from urllib.parse import urlsplit

from django.db import migrations, models

# As library/company_keys.py makes them at the time of this migration.
PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})
UNWRITTEN = str.maketrans("", "", ".'’ʼ`")
FORMS = """ab ag aps as asa bhd bv bvba co company corp corporation cv dd doo eg eirl ek eood eurl gbr gesmbh gmbh inc
    incorporated kft kg kgaa kk lda limited llc llp lp ltd ltda mbh nv ohg oo ood ooo oy oyj plc pte pty pvt sa sae sarl sas
    sasu sc scs se sl slu spa spol spolka spzoo sp srl sro srls ug zrt ооо оао зао пао ао тов"""
JOINED = frozenset({"and", "und", "et", "y", "e", "&", "z", "o", "i"})
LENGTHS = {
    "registration_key": 70, "tax_key": 70, "legal_name_key": 200, "name_key": 200, "address_key": 300, "website_host": 253,
}  # fmt: skip


def keep_keys(apps, schema_editor):
    """Runs as the tables' owner in staff's context (management/commands/migrate.py): every company's rows are seen."""
    companies = apps.get_model("onboarding", "Company").objects
    for company in companies.iterator():
        keys = {
            "registration_key": number_key(company.registration_number),
            "tax_key": number_key(company.tax_id),
            "legal_name_key": name_key(company.legal_name),
            "name_key": name_key(company.name),
            "address_key": address_key(company),
            "website_host": (urlsplit(company.website).hostname or "").lower().removeprefix("www."),
        }
        companies.filter(pk=company.pk).update(**{name: key[: LENGTHS[name]] for name, key in keys.items()})


def number_key(number):
    return "".join(letter for letter in unicodedata.normalize("NFKC", number).upper() if letter.isalnum())


def name_key(name):
    plain = unicodedata.normalize("NFKD", name.translate(UNWRITTEN)).casefold()
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter)).translate(PLAIN)
    words = "".join(letter if letter.isalnum() else " " for letter in plain).split()
    kept = [word for word in with_initials_joined(words) if word not in FORMS.split()]
    return "".join(kept or words)


def with_initials_joined(words):
    joined, was_initial = [], False
    for word in (one for one in words if one not in JOINED):
        is_initial = len(word) == 1 and word.isalpha()
        if is_initial and was_initial:
            joined[-1] += word
        else:
            joined.append(word)
        was_initial = is_initial
    return joined


def address_key(company):
    if not company.street or not (company.postal_code or company.city):
        return ""
    return f"{name_key(company.street)}|{number_key(company.postal_code) or name_key(company.city)}"


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0006_refund_of_a_payment")]

    operations = [
        *(
            migrations.AddField(
                model_name="company",
                name=name,
                field=models.CharField(blank=True, default="", editable=False, max_length=length),
                preserve_default=False,
            )
            for name, length in (
                ("legal_name_key", 200), ("name_key", 200), ("address_key", 300), ("website_host", 253)
            )
        ),
        *(
            migrations.AddIndex(model_name="company", index=models.Index(fields=[field], name=name))
            for field, name in (
                ("registration_key", "company_by_registration"),
                ("tax_key", "company_by_tax"),
                ("legal_name_key", "company_by_legal_name"),
                ("name_key", "company_by_name"),
                ("address_key", "company_by_address"),
                ("website_host", "company_by_website"),
                ("mail_domain", "company_by_mail_domain"),
            )
        ),
        migrations.RunPython(keep_keys, migrations.RunPython.noop),
    ]  # fmt: skip
