"""Texts with columns in braces, `{Campaign}, branch {Branch}`: what columns they name, and what they become.

A brace that is meant as a brace is doubled: `{{` and `}}`.
"""

import re
from collections.abc import Mapping

_BRACES = re.compile(r"\{\{|\}\}|\{(?P<column>[^{}]*)\}|[{}]")


def columns(template: str) -> tuple[str, ...]:
    """The headings that the template names, each once, in their order."""
    named = (braces["column"] for braces in _BRACES.finditer(template))
    return tuple(dict.fromkeys(name.strip() for name in named if name is not None))


def render(template: str, texts: Mapping[str, str]) -> str:
    """The template with each column's text in its place; `texts` has one for each of `columns(template)`."""

    def text(braces: re.Match[str]) -> str:
        name: str | None = braces["column"]
        return braces[0][0] if name is None else texts[name.strip()]

    return _BRACES.sub(text, template)


def fault(template: str) -> str | None:
    """What is wrong with the template's braces, if anything."""
    for braces in _BRACES.finditer(template):
        if braces[0] in ("{", "}"):
            return f"a single {braces[0]} (write {{Heading}}, or {braces[0] * 2} for the brace itself)"
        if braces["column"] is not None and not braces["column"].strip():
            return "no heading is between the braces {} (write {Heading}, or {{}} for the braces themselves)"
    return None
