"""Off to the payment page and back: an invoice has one page at the service, whoever opened it, and everybody who paid
or gave up comes back to their own place.

The service knows one address to come back to, the same for all. Which place is meant is kept in the browser that left.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from integrations import card_payments
from onboarding.actors import Actor
from portal import pages

MEMBER = "member"
KEPT_FOR = timedelta(days=1)  # as long as a payment page lives


def start(request: HttpRequest, invoice_id: int, *, place: str, by: Actor) -> HttpResponse | None:
    """Off to the invoice's payment page; None when it was refused, for the page to say. `place`: MEMBER or a door."""
    back_url = request.build_absolute_uri(back_path(invoice_id))
    url = pages.attempt(request, lambda: card_payments.start(invoice_id, back_url=back_url, by=by, at=now()))
    if not url:
        return None
    response = HttpResponseRedirect(url)
    response.set_cookie(
        cookie_of(invoice_id), place, max_age=KEPT_FOR, path=back_path(invoice_id),
        secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax",
    )  # fmt: skip
    return response


def back_path(invoice_id: int) -> str:
    """Where the payment service leads everybody back to."""
    return reverse("payment_back", args=[invoice_id])


def cookie_of(invoice_id: int) -> str:
    """The name of the cookie that tells where this browser left from."""
    return f"payment-{invoice_id}"


@never_cache
@require_safe
def back(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """To the place this browser left from: with `?session=` to how the payment stands, without to the invoice.

    A browser that kept nothing (an address passed on, a program's page) is sent by who is signed in, or asked.
    """
    place, session = request.COOKIES.get(cookie_of(invoice_id), ""), request.GET.get("session", "")
    if place.isascii() and place.isdigit() and len(place) <= 18:
        return _to(reverse("doors:paid" if session else "doors:inside", args=[int(place)]), session)
    if place == MEMBER or request.user.is_authenticated:
        return _to(reverse("customer:paid" if session else "customer:invoice"), session)
    return pages.show(request, "doors/back.html", {})


def _to(path: str, session: str) -> HttpResponse:
    response = HttpResponseRedirect(f"{path}?{urlencode({'session': session})}" if session else path)
    response["Referrer-Policy"] = "strict-origin"
    return response
