"""How long a session still lasts, and the button that makes it last longer."""

import time

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

RENEWED_AT = "renewed_at"


def remaining_seconds(request: HttpRequest) -> int:
    """Seconds until this session ends, counted from sign-in or the last renewal: never later than the truth.

    Any other write to the session moves its real end further away, so the warning may come early, not late.
    """
    sign_ins = [method["at"] for method in request.session.get("account_authentication_methods", []) if "at" in method]
    began = max([*sign_ins, request.session.get(RENEWED_AT, 0)])
    if not began:
        return settings.SESSION_COOKIE_AGE
    return max(int(began + settings.SESSION_COOKIE_AGE - time.time()), 0)


@require_POST
def extend(request: HttpRequest) -> HttpResponse:
    """Start the session's time anew; the script gets the seconds, a plain form goes back where it came from."""
    request.session[RENEWED_AT] = time.time()
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"seconds": remaining_seconds(request)})
    back = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(back if safe else "/")
