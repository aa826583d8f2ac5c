"""One line of JSON for each thing that happened, and nothing in it that is under seal.

Whoever reads logs must not learn who bids, on what, how often, or when. So no line has a path, a
query, a body or an address; of a request only where its answer is the same for everybody is
anything written at all (``api/watching.py``). What libraries and tracebacks say is read for
identifiers, digests, e-mail addresses and the rows that a database quotes, and these are taken out.
"""

import logging
import re
from typing import Any, Final

import structlog

TAKEN_OUT: Final = "…"
# Identifiers, digests and keys, e-mail addresses, and what PostgreSQL adds of rows.
NEVER_WRITTEN: Final = re.compile(
    r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
    r"|\b[0-9a-f]{16,}\b"
    r"|[A-Za-z0-9+]{32,}={0,2}"
    r"|[^\s@<>\"']+@[^\s@<>\"']+\.[^\s@<>\"']+"
    r"|(?<=DETAIL:)[^\n]*",
    re.IGNORECASE,
)
Line = dict[str, Any]


class WithoutAddress(logging.Filter):
    """Takes the address out of what frameworks say about a request that failed."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, in words that are the same for every request."""
        record.msg, record.args = "a request failed", ()
        return True


def scrubbed(text: str) -> str:
    """Take out whatever could name a bid, a person or a secret."""
    return NEVER_WRITTEN.sub(TAKEN_OUT, text)


def scrub(_logger: object, _method: str, line: Line) -> Line:
    """Scrub every value of a line; a processor of structlog's."""
    return {
        name: value
        if name.startswith("_") or isinstance(value, int | float | None)
        else scrubbed(str(value))
        for name, value in line.items()
    }


def logging_settings(*, structured: bool) -> dict[str, Any]:
    """Give Django's ``LOGGING``: JSON for machines in production, lines for people elsewhere."""
    before = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        scrub,
    ]
    last = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if structured
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"without address": {"()": WithoutAddress}},
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [remove, last],
                "foreign_pre_chain": before,
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            "daylight.requests": {"level": "INFO" if structured else "WARNING"},
            # What was refused stands in the journal, as far as it may.
            "django.request": {"level": "ERROR", "filters": ["without address"]},
            "django.security": {"level": "CRITICAL"},
        },
    }
