from __future__ import annotations

from typing import Any

from celery import shared_task
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.timezone import now

from onboarding.actions import work
from onboarding.models import Message


@shared_task(name="onboarding.send_message", acks_late=True, ignore_result=True)
def send_message(*, message_id: int, **_: Any) -> None:
    """Send one queued mail, text and HTML. Tried again from its row when the mail server refuses for now."""
    if (message := work.claim(Message, message_id, at=now())) is None:
        return
    if message.document is not None and not message.document.is_ready:
        _wait_for_the_file(message)
        return
    try:
        _mail(message).send()
    except OSError as error:  # smtplib's errors are OSErrors
        problem = {"words": "The mail server did not take it.", "who_can_fix": "us", "error": type(error).__name__}
        work.fail(message, at=now(), problem=problem, retry=True)
        return
    work.finish(message, at=now(), **message.wiped() | {"path": ""})


def _wait_for_the_file(message: Message) -> None:
    """It goes out once the file is made (actions.messages.attach_made); this looks whether that was missed."""
    if not work.come_again(message, at=now()):
        problem = {"words": "The file to attach was not made in time.", "who_can_fix": "us"}
        work.fail(message, at=now(), problem=problem, retry=False)


def _mail(message: Message) -> EmailMultiAlternatives:
    context = {"message": message, "url": f"{settings.BASE_URL}{message.path}" if message.path else ""}
    mail = EmailMultiAlternatives(
        subject=" ".join(message.subject.split()),  # people's names stand in it: a line break would end the header
        body=render_to_string("mail/message.txt", context),
        to=[message.to],
        headers={"X-Entity-Ref-ID": message.key, "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(render_to_string("mail/message.html", context), "text/html")
    if message.calendar:
        mail.attach("invitation.ics", message.calendar, f"text/calendar; method={_method(message.calendar)}")
    if message.document is not None:
        with default_storage.open(message.document.path) as file:
            mail.attach(message.document.file_name, file.read(), message.document.content_type)
    return mail


def _method(calendar: str) -> str:
    """REQUEST or CANCEL: mail programs offer to answer only when the part's type says so too (RFC 6047)."""
    return calendar.partition("METHOD:")[2].split("\r\n")[0]
