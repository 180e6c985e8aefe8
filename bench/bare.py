"""What the API's hot reads are measured against: bare views, one raw SQL, no token, on the same short way."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

STATUS, PAGE = "/bare/status/", "/bare/page/"
# A copy of the engagements that no row-level security guards (bench/portfolio.py): the reference pays for no wall.
ONE_SQL = "SELECT status::text FROM bench_status WHERE reference = %s"
PAGE_SQL = """SELECT '[' || string_agg(status::text, ',' ORDER BY id DESC) || ']'
                FROM (SELECT id, status FROM bench_status WHERE company_id = %s ORDER BY id DESC LIMIT 25) page"""


class Bare:
    """Stands just behind portal.api.hot_reads.HotReads (bench/wsgi.py) and so passes by what that passes by."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        if path.startswith(STATUS):
            return sent(ONE_SQL, path.removeprefix(STATUS))
        if path.startswith(PAGE):
            return sent(PAGE_SQL, path.removeprefix(PAGE))
        return self.get_response(request)


def sent(sql: str, value: str) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(sql, [value])
        response = HttpResponse(cursor.fetchone()[0], content_type="application/json")
    response.headers["Content-Length"] = str(len(response.content))
    return response
