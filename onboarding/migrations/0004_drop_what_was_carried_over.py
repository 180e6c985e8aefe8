from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0003_carry_over")]

    operations = [
        migrations.RemoveField(
            model_name="answer",
            name="needs_revision",
        ),
        migrations.RemoveField(
            model_name="questionnaire",
            name="snapshot",
        ),
        migrations.RemoveField(
            model_name="questionnaire",
            name="snapshot_document",
        ),
        migrations.RemoveField(
            model_name="questionnaire",
            name="submission_count",
        ),
        migrations.RemoveField(
            model_name="questionnaire",
            name="submitted_at",
        ),
        migrations.RemoveField(
            model_name="questionnaire",
            name="submitted_by",
        ),
        migrations.RemoveField(
            model_name="requirement",
            name="source",
        ),
    ]
