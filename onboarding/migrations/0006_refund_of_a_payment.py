"""A refund names the card payment it goes back of; those that Stripe told of so far are given theirs."""

import django.db.models.deletion
from django.db import migrations, models


def name_payments(apps, schema_editor):
    """Runs as the tables' owner in staff's context (management/commands/migrate.py): every company's rows are seen.

    Only where one payment can be meant: with several, nobody wrote down which, and a person looks at Stripe.
    """
    payments = apps.get_model("onboarding", "Payment").objects
    for refund in payments.filter(kind="refund", method="card", recorded_by="Stripe", recorded_by_user=None):
        paid = payments.filter(invoice_id=refund.invoice_id, kind="payment", checkout__isnull=False)[:2]
        if len(paid) == 1:
            refund.refund_of = paid[0]
            refund.save(update_fields=["refund_of"])


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0005_agreement_and_money")]

    operations = [
        migrations.AddField(
            model_name="payment",
            name="refund_of",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="refunds",
                to="onboarding.payment",
            ),
        ),
        migrations.RunPython(name_payments, migrations.RunPython.noop),
    ]  # fmt: skip
