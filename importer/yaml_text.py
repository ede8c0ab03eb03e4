"""Plain values → YAML that reads back as the very same texts, and lines with their comments beside them."""

import json
import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from importer.cell_text import visible

Setting = str | bool | int | Sequence[str]

_PLAIN = re.compile(r"[^\W\d_](?:[\w ./()&+'-]*[\w.)])?")
_OF_YAML = ("null", "true", "false", "yes", "no", "on", "off", "y", "n", "t", "f")
_ESCAPED = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}

WIDEST_CODE = 64
_WIDEST_LINE = 120


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file, and the comment that stands to its right; without code it is a comment alone."""

    code: str
    comment: str = ""


def scalar(value: Setting) -> str:
    """The value as YAML has it, in quotes where it needs them; lists as `[One, Two]`."""
    if isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return value if _is_plain(value) else f'"{"".join(map(_escaped, value))}"'
    return f"[{', '.join(map(scalar, value))}]"


def _is_plain(text: str) -> bool:
    return bool(_PLAIN.fullmatch(text)) and text.isprintable() and text.casefold() not in _OF_YAML


def _escaped(sign: str) -> str:
    if sign in _ESCAPED:
        return _ESCAPED[sign]
    if sign.isprintable():
        return sign
    code = ord(sign)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def entry(indent: int, name: str, settings: Mapping[str, Setting], comment: str) -> list[Line]:
    """`Name: {column: Heading, kind: email}`, in one line or, where that is long, one setting to a line."""
    margin = " " * indent
    short = scalar(settings["column"]) if {*settings} == {"column"} else _flow(settings)
    one_line = f"{margin}{name}: {short}"
    if len(one_line) <= WIDEST_CODE:
        return [Line(one_line, comment)]
    lines = [Line(f"{margin}{name}:", comment)]
    for word, value in settings.items():
        lines += _setting(" " * (indent + 2), word, value)
    return lines


def _flow(settings: Mapping[str, Setting]) -> str:
    return f"{{{', '.join(f'{word}: {scalar(value)}' for word, value in settings.items())}}}"


def _setting(margin: str, word: str, value: Setting) -> list[Line]:
    code = f"{margin}{word}: {scalar(value)}"
    if isinstance(value, str | bool | int) or len(code) <= WIDEST_CODE:
        return [Line(code)]
    return [Line(f"{margin}{word}:"), *(Line(f"{margin}  - {scalar(item)}") for item in value)]


def laid_out(lines: Iterable[Line]) -> str:
    """The lines as a text, comments that belong together below each other."""
    text: list[str] = []
    block: list[Line] = []
    for line in lines:
        block.append(line)
        if not line.code and not line.comment:
            text += _aligned(block)
            block = []
    return "\n".join([*text, *_aligned(block), ""])


def _aligned(block: Sequence[Line]) -> list[str]:
    widths = [len(line.code) for line in block if line.comment and line.code]
    column = max((width for width in widths if width <= WIDEST_CODE), default=0) + 2
    return [text for line in block for text in _written(line, column)]


def _written(line: Line, column: int) -> list[str]:
    if not line.comment:
        return [line.code]
    if not line.code:
        return [f"# {part}" for part in textwrap.wrap(visible(line.comment), 110)]
    parts = textwrap.wrap(
        visible(line.comment), _WIDEST_LINE - column, break_long_words=False, break_on_hyphens=False
    )
    first = f"{line.code.ljust(column - 1)} # {parts[0]}"
    return [first, *(f"{' ' * column}# {part}" for part in parts[1:])]
