"""What the headers of an answer say of moments."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_RETRY_AFTER = 300.0


def newest(moments: Iterable[str]) -> str:
    """The newest of these Last-Modified headers in ISO 8601; '' where none is usable.

    For files that say nothing else of when they were published.
    """
    found = [moment for text in moments if (moment := _moment(text)) is not None]
    return max(found).isoformat() if found else ""


def retry_after(text: str) -> float | None:
    """Seconds of a Retry-After header, which holds a number or a moment; None where it says nothing
    usable."""
    text = text.strip()
    if text.isdigit():
        return min(float(text), LONGEST_RETRY_AFTER)
    moment = _moment(text)
    if moment is None:
        return None
    return min(max((moment - datetime.now(UTC)).total_seconds(), 0.0), LONGEST_RETRY_AFTER)


def _moment(text: str) -> datetime | None:
    """None where it is no moment; one without a zone is of UTC, as HTTP has it."""
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
