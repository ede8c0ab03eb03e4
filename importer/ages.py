"""How long ago something was, as it stands in sentences."""

from datetime import UTC, datetime, timedelta

from importer.spelling import counted, duration

WRITTEN = "%Y-%m-%d %H:%M:%S"
DAY = 86_400

LAGS_FOR = timedelta(hours=1)
"""What was stored longer ago than this, and LeadSquared does not show, is no longer there."""


def now_written() -> str:
    """This moment, UTC, `yyyy-mm-dd hh:mm:ss`."""
    return datetime.now(UTC).strftime(WRITTEN)


def may_lag_since() -> str:
    """What was stored after this moment LeadSquared may not show yet; as `now_written`."""
    return (datetime.now(UTC) - LAGS_FOR).strftime(WRITTEN)


def aged(moment: str) -> str:
    """`2026-11-20 10:00:00` → `2026-11-20 10:00 UTC, 6 days ago`."""
    try:
        then = datetime.strptime(moment, WRITTEN).replace(tzinfo=UTC)
    except ValueError:
        return "an unknown time"
    return f"{moment[:-3]} UTC, {_ago((datetime.now(UTC) - then).total_seconds())}"


def _ago(seconds: float) -> str:
    if seconds < 60:
        return "just now"
    return (
        f"{counted(round(seconds / DAY), 'day')} ago" if seconds > 1.5 * DAY else f"{duration(seconds)} ago"
    )
