"""What the API says, as OpenAPI describes it. The status document is stored ready-made; here is its shape."""

from __future__ import annotations

from rest_framework import serializers

from onboarding.workflow.criterion import Owner
from onboarding.workflow.steps import STEP_CHOICES

STEP_CODES = [code for code, _ in STEP_CHOICES]
OWNERS = [owner.value for owner in Owner]
JOURNEY_STATES = ["upcoming", "current", "closed", "reopened"]


class Reads(serializers.Serializer):
    """A shape that is only ever sent."""


class ProofSerializer(Reads):
    label = serializers.CharField()
    value = serializers.CharField()


class CriterionSerializer(Reads):
    """One exit criterion: met with evidence, waived with a reason, or unmet and whose turn it is."""

    code = serializers.CharField(help_text="For programs, such as `msa.unsigned`")
    title = serializers.CharField()
    hint = serializers.CharField(help_text="What to do about it")
    owner = serializers.ChoiceField(OWNERS, help_text="Whose turn it is while it is unmet")
    place = serializers.CharField(help_text="The page where it is met")
    met = serializers.BooleanField()
    waived = serializers.BooleanField()
    evidence = ProofSerializer(many=True)


class PhaseSerializer(Reads):
    number = serializers.IntegerField()
    title = serializers.CharField()


class StepNameSerializer(Reads):
    number = serializers.IntegerField(min_value=1, max_value=12)
    numeral = serializers.CharField()
    code = serializers.ChoiceField(STEP_CODES)
    title = serializers.CharField()


class CurrentStepSerializer(StepNameSerializer):
    entered_at = serializers.DateTimeField(allow_null=True)


class JourneyStepSerializer(StepNameSerializer):
    phase = serializers.IntegerField()
    state = serializers.ChoiceField(JOURNEY_STATES)
    entered_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    broken = CriterionSerializer(many=True, help_text="Criteria of a closed step that no longer hold")


class GoLiveSerializer(Reads):
    target = serializers.DateField(allow_null=True)
    actual = serializers.DateTimeField(allow_null=True)


class WaitedSerializer(Reads):
    """The two clocks: seconds waited on each side so far, without the turn that runs."""

    customer = serializers.IntegerField()
    interweave = serializers.IntegerField()


class StatusSerializer(Reads):
    """Where an engagement stands. Rebuilt with every event; `version` counts the rebuildings and is the ETag."""

    reference = serializers.CharField()
    company = serializers.CharField()
    company_state = serializers.CharField()
    solution = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(["active", "on_hold", "cancelled"])
    hold_reason = serializers.CharField(allow_null=True)
    cancel_reason = serializers.CharField(allow_null=True)
    phase = PhaseSerializer()
    step = CurrentStepSerializer()
    waiting_for = serializers.ChoiceField(OWNERS, allow_blank=True, help_text="Whose turn it is; empty: nobody's")
    next = CriterionSerializer(allow_null=True, help_text="The first unmet criterion")
    criteria = CriterionSerializer(many=True, help_text="Every criterion of the current step")
    steps = JourneyStepSerializer(many=True)
    go_live = GoLiveSerializer()
    specialist = serializers.CharField(allow_null=True)
    opened_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    waiting_since = serializers.DateTimeField(allow_null=True)
    waited_seconds = WaitedSerializer()
    version = serializers.IntegerField()


class ProblemSerializer(Reads):
    """RFC 9457. More members come with some codes: `unmet`, `fields`, `step`, `change`."""

    type = serializers.URLField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(allow_blank=True)
    instance = serializers.CharField()
    code = serializers.CharField()
    fields_ = serializers.DictField(child=serializers.CharField(), required=False, help_text="bad_input: words a field")
    unmet = CriterionSerializer(many=True, required=False, help_text="criteria_unmet: all of them")

    def get_fields(self) -> dict[str, serializers.Field]:
        """`fields` is a serializer's own word; on the wire it is a member."""
        found = super().get_fields()
        found["fields"] = found.pop("fields_")
        return found


class KindSerializer(Reads):
    code = serializers.CharField()
    type = serializers.URLField()
    status = serializers.IntegerField()
    title = serializers.CharField()
    advice = serializers.CharField()
