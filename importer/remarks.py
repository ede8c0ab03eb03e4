"""What a person should know of a cell although nothing is wrong with it."""

import re
from collections.abc import Sequence

from importer.cell_text import clean, quoted

_PLACEHOLDER = re.compile(r"\{\{.*?\}\}|\A\s*<[^<>@]+>\s*\Z", re.DOTALL)
_EXCEL_ERRORS = ("#N/A", "#NAME?", "#VALUE!", "#REF!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!")

WARNINGS = {
    "PLACEHOLDER": "looks like a placeholder that nobody has filled in",
    "ERROR-TEXT": "looks like an error of Excel that has become text",
}
"""Oddities, by their code. Every other code is that of a change."""


def remarks_on(text: str, value: str, kind: str) -> Sequence[tuple[str, str]]:
    """A code and the end of a sentence for each thing to say of a cell.

    text:  what the cell holds.
    value: what is sent for it.
    kind:  the mapping's; "" for a cell that is a part of a longer text, whose outer space does not count.
    """
    may_be_odd = "#" in text or "{{" in text or "<" in text
    if value == text and kind and not may_be_odd:
        return ()
    remarks: list[tuple[str, str]] = []
    if may_be_odd and (code := oddity(text)):
        remarks.append((code, f"{quoted(text)} {WARNINGS[code]}"))
    if not kind:
        value = clean(text)
    if value != text and value:
        written = {"text": "CHOICE"}.get(kind, kind.upper().replace("_", "-"))
        code = "UNSEEN-REMOVED" if clean(text) != text else f"{written}-WRITTEN"
        zone = " (UTC)" if kind == "datetime" else ""
        remarks.append((code, f"{quoted(text)} is sent as {quoted(value)}{zone}"))
    return remarks


def oddity(text: str) -> str:
    """The code of what nobody can have meant by this text; "" where it is like others."""
    if text.strip() in _EXCEL_ERRORS:
        return "ERROR-TEXT"
    return "PLACEHOLDER" if _PLACEHOLDER.search(text) else ""
