"""What was collected so far finds its new place: submissions, reviews of answers, sources of requirements."""

import hashlib
import json

from django.db import migrations


def carry_over(apps, schema_editor):
    """Runs as the tables' owner in staff's context (management/commands/migrate.py): every company's rows are seen."""
    rows = {name: apps.get_model("onboarding", name).objects.all() for name in ("Answer", "Questionnaire", "Requirement")}
    rows["Answer"].filter(needs_revision=True).update(review="revision_needed")
    rows["Answer"].filter(needs_revision=False, questionnaire__state="accepted").update(review="accepted")
    for questionnaire in rows["Questionnaire"].exclude(snapshot_document=None):
        questionnaire.last_submission = _submission(apps, questionnaire)
        questionnaire.save(update_fields=["last_submission"])
    source = apps.get_model("onboarding", "RequirementSource")
    source.objects.bulk_create(
        source(
            company_id=one.company_id, requirement=one, kind="said", quote=one.source, added_by=one.created_by,
            added_at=one.created_at,
        )
        for one in rows["Requirement"].exclude(source="")
    )  # fmt: skip


def _submission(apps, questionnaire):
    """The last one, which is all that was kept; its hash as queries/submissions.py makes it."""
    kept = questionnaire.snapshot or {}
    said = {
        "answers": kept.get("answers", {}),
        "kind": questionnaire.kind,
        "schema_version": kept.get("schema_version", questionnaire.schema_version),
    }
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return apps.get_model("onboarding", "QuestionnaireSubmission").objects.create(
        company_id=questionnaire.company_id, engagement_id=questionnaire.engagement_id, questionnaire=questionnaire,
        number=questionnaire.submission_count, schema_version=said["schema_version"], answers=said["answers"],
        sha256=hashlib.sha256(canonical.encode()).hexdigest(), document=questionnaire.snapshot_document,
        by=questionnaire.submitted_by, at=questionnaire.submitted_at,
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0002_collecting")]

    operations = [migrations.RunPython(carry_over, migrations.RunPython.noop)]
