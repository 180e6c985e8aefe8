"""A company's row keeps what it is compared by, so that the database finds the companies like it."""

from django.db import migrations, models

from onboarding.library.company_keys import keys_of


def keep_keys(apps, schema_editor):
    """Runs as the tables' owner in staff's context (management/commands/migrate.py): every company's rows are seen."""
    companies = apps.get_model("onboarding", "Company").objects
    for company in companies.iterator():
        companies.filter(pk=company.pk).update(**keys_of(company))


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
