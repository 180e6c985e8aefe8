"""May we record this meeting? Each person who is invited answers for themselves."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now

from onboarding.actions import recordings
from onboarding.library import recording_consent
from onboarding.models import Engagement, Meeting, RecordingConsent
from portal import access, pages
from portal import recordings as drawing
from portal.customer.engagement import engagement_page

ANSWERS = [("yes", "Yes, I agree"), ("no", "No, do not record me")]


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(label="May we record you?", choices=ANSWERS, widget=forms.RadioSelect)
    seen_sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)


@engagement_page
def recording(request: HttpRequest, engagement: Engagement, meeting_id: int) -> HttpResponse:
    """The question to this person, what they said, and where the others stand."""
    meeting = access.get(
        request, Meeting.objects.filter(engagement=engagement).select_related("transcript"), pk=meeting_id
    )
    consents = list(access.listed(request, RecordingConsent.objects.filter(meeting=meeting)))
    mine = next((one for one in consents if one.email == request.viewer.email.lower()), None)
    form = AnswerForm(pages.posted(request), initial=_said(mine))
    if request.method == "POST" and form.is_valid() and _answer(request, meeting, mine, form):
        return pages.done(request, "Thank you. Your answer is kept.", "customer:recording", meeting.pk)
    may_answer = mine is not None and meeting.is_open and now() < meeting.starts_at and not meeting.goes_on
    context = {
        "engagement": engagement,
        "meeting": meeting,
        "recording": drawing.drawn(meeting, consents),
        "mine": mine,
        "text": recording_consent.TEXT,
        "may_answer": may_answer and request.standstill is None,
    }
    return pages.show(request, "customer/recording.html", context, form=form)


def _said(mine: RecordingConsent | None) -> dict[str, str]:
    said = {"given": "yes", "refused": "no"}.get(mine.state, "") if mine else ""
    return {"answer": said, "seen_sha256": recording_consent.digest()}


def _answer(request: HttpRequest, meeting: Meeting, mine: RecordingConsent | None, form: AnswerForm) -> object:
    """Somebody who was not asked is told so by the action, at whoever's question it was."""
    given = form.cleaned_data
    asked = mine or meeting.recording_consents.first()
    return pages.attempt(
        request,
        lambda: recordings.answer(
            asked.pk if asked else 0, is_given=given["answer"] == "yes", seen_sha256=given["seen_sha256"],
            by=access.viewer_of(request), at=now(),
        ),
        form=form,
    )  # fmt: skip
