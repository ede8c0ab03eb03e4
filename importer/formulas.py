"""Texts that a spreadsheet program would run as a formula: made harmless in a CSV, and undone on reading."""

import re

_STARTS_FORMULA = re.compile(r"[=@\t\r]|[+-](?![0-9 ().,-]*\Z)")
_LOOKS_GUARDED = re.compile(r"'+[=@+\-\t\r]")


def guard(text: str) -> str:
    """The text with one apostrophe before it where a spreadsheet program would run it as a formula.

    Plain numbers and phone numbers (`-12.50`, `+91 98765-43210`) stay as they are. What already looks
    guarded gets a second apostrophe, so that `unguard` always gives the original back.
    """
    if _STARTS_FORMULA.match(text) or _LOOKS_GUARDED.match(text):
        return f"'{text}"
    return text


def unguard(text: str) -> str:
    """What `guard` was given."""
    return text[1:] if _LOOKS_GUARDED.match(text) else text
