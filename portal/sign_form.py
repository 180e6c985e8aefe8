"""The form under an agreement: typed name, drawing, title, consent, and the hashes of what was shown. For every signer."""

from __future__ import annotations

import json
from typing import Any, Self

from django import forms

from onboarding.library import consent as consent_words

DRAWN_AGAIN = "Draw your signature again, or clear the drawing and sign by your typed name."


class SignForm(forms.Form):
    typed_name = forms.CharField(
        label="Type your full name", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text="As it stands in the agreement. This is your signature.",
        error_messages={"required": "Type your full name: it is your signature"},
    )  # fmt: skip
    title = forms.CharField(
        label="Your title", max_length=100, widget=forms.TextInput(attrs={"autocomplete": "organization-title"})
    )
    drawing = forms.CharField(required=False, max_length=150_000, widget=forms.HiddenInput)
    consent = forms.BooleanField(label="I have read the agreement and agree to sign electronically", required=False)
    consent_sha256 = forms.CharField(widget=forms.HiddenInput, initial=consent_words.digest)
    seen_sha256 = forms.CharField(widget=forms.HiddenInput)

    def clean_drawing(self) -> Any:
        """The strokes out of their JSON; the action looks at them."""
        try:
            return json.loads(self.cleaned_data["drawing"] or "[]")
        except (ValueError, RecursionError):
            raise forms.ValidationError(DRAWN_AGAIN) from None

    def for_version(self, sha256: str) -> Self:
        """What was typed, for the version that is shown now: it is agreed to anew."""
        typed = {name: self.cleaned_data.get(name, "") for name in ("typed_name", "title")}
        return type(self)(initial=typed | {"seen_sha256": sha256})
