"""LeadSquared's whole answer, as the columns of `--details` show it."""

import json
from typing import Any

DETAILS = ("IsUnique", "PrimaryAction", "SecondaryAction", "PostDeDupActionPerformed", "ActivityId")

# An action is a number in the answer.
ACTIONS = {
    0: "None",
    1: "CreateOpportunity",
    2: "CreateOpportunityCapturedActivity",
    3: "CreateDuplicateDetectedActivity",
}


def in_words(reply: str) -> tuple[str, ...]:
    """One text for each of DETAILS; "" for what the answer does not say."""
    answer = _object(reply)
    activity = _first(answer.get("AdditionalDetails"))
    return (
        _text(answer.get("IsUnique")),
        _action(answer.get("PrimaryAction")),
        _action(answer.get("SecondaryAction")),
        _action(activity.get("PostDeDupActionPerformed")),
        _text(activity.get("ActivityId")),
    )


def _object(reply: str) -> dict[str, Any]:
    try:
        answer = json.loads(reply)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _first(entries: object) -> dict[str, Any]:
    return entries[0] if isinstance(entries, list) and entries and isinstance(entries[0], dict) else {}


def _action(number: object) -> str:
    return ACTIONS.get(number, str(number)) if type(number) is int else _text(number)


def _text(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str() | int():
            return str(value)
        case _:
            return ""
