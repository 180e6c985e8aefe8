"""Logs: one line an event on standard output. Nothing secret is ever printed, by libraries neither."""

import logging
import re
from typing import Any

import structlog

# Their debug lines print the tokens they carry: at no level of ours.
TALKATIVE = (
    "requests_oauthlib", "oauthlib", "intuitlib", "quickbooks", "simple_salesforce", "urllib3", "httpcore",
)  # fmt: skip

# The address of a mailed link is its secret; the doors' own pages have a number in its place.
MAILED = re.compile(r"(/(?:join|door)/)(?!in/)[^/\s'\"]+")


class Line(logging.Formatter):
    """One line, with the secret cut out of every mailed link's address."""

    def format(self, record: logging.LogRecord) -> str:
        return MAILED.sub(r"\1…", super().format(record))


def configured(level: str) -> dict[str, Any]:
    """Django's LOGGING at this level; structlog is set up to go through it."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.filter_by_level,
            # Plain tracebacks: the library's own way prints local variables, and secrets live in those.
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["event"], drop_missing=True),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {"class": "portal.logs.Line", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {name: {"level": "WARNING"} for name in TALKATIVE},
    }
