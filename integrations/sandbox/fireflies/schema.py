"""Fireflies' types as far as the stand-in knows them: a field's own type, or nothing for a scalar or a list of them."""


def _scalars(names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), "")


SCHEMA: dict[str, dict[str, str]] = {
    "Query": {"user": "User", "transcript": "Transcript", "transcripts": "Transcript"},
    "Mutation": {"addToLiveMeeting": "Result"},
    "User": _scalars("user_id email name num_transcripts minutes_consumed is_admin integrations"),
    "Result": _scalars("success message"),
    "Transcript": {
        **_scalars(
            "id title date dateString duration host_email organizer_email participants fireflies_users meeting_link"
            " calendar_id cal_id calendar_type transcript_url audio_url video_url privacy is_live"
        ),
        "sentences": "Sentence",
        "summary": "Summary",
        "meeting_info": "MeetingInfo",
        "meeting_attendees": "MeetingAttendee",
        "speakers": "Speaker",
    },
    "Sentence": {
        **_scalars("index speaker_name speaker_id raw_text text start_time end_time"),
        "ai_filters": "AIFilters",
    },
    "AIFilters": _scalars("task question metric date_and_time pricing sentiment text_cleanup"),
    "Summary": _scalars(
        "keywords action_items overview outline shorthand_bullet bullet_gist gist short_summary short_overview notes"
        " meeting_type topics_discussed transcript_chapters"
    ),
    "MeetingInfo": _scalars("fred_joined silent_meeting summary_status"),
    "MeetingAttendee": _scalars("displayName email name phoneNumber location"),
    "Speaker": _scalars("id name"),
}
ARGUMENTS: dict[str, set[str]] = {
    "user": {"id"},
    "transcript": {"id"},
    "transcripts": {
        *[
            "limit",
            "skip",
            "fromDate",
            "toDate",
            "keyword",
            "scope",
            "organizers",
            "participants",
            "mine",
            "title",
            "date",
            "host_email",
            "user_id",
        ]
    },
    "addToLiveMeeting": {"meeting_link", "title", "meeting_password", "duration", "language", "attendees"},
}
REQUIRED = {"transcript": ("id",), "addToLiveMeeting": ("meeting_link",)}
