"""Logs: one line an event on standard output. Nothing secret is ever printed, by libraries neither."""

from typing import Any

import structlog

# Their debug lines print the tokens they carry: at no level of ours.
TALKATIVE = (
    "requests_oauthlib", "oauthlib", "intuitlib", "quickbooks", "simple_salesforce", "urllib3", "httpcore",
)  # fmt: skip


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
        "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {name: {"level": "WARNING"} for name in TALKATIVE},
    }
