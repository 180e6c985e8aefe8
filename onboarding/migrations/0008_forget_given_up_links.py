"""Mails that were given up so far lose the secret of their link or code, as they do from now on when they fail."""

from django.db import migrations
from django.db.models import Q


def forget(apps, schema_editor):
    """Runs as the tables' owner in staff's context (management/commands/migrate.py): every company's rows are seen."""
    failed = apps.get_model("onboarding", "Message").objects.filter(state="failed")
    failed.filter(Q(path__startswith="/door/") | Q(path__startswith="/join/")).update(path="")
    failed.filter(kind__in=["door.code", "domain_proof.code"]).update(text="")


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0007_company_keys")]

    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
