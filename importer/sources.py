"""One source of a mapping, compiled: from a row of the sheet to the value that is sent for it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from importer import templates
from importer.cell_names import cell_name, column_letter
from importer.cell_text import UNREADABLE, Bad, clean
from importer.layout import Layout
from importer.mapping import Mapping, Source
from importer.records import Problem, Remark, Row
from importer.remarks import remarks_on
from importer.source_rules import rules_of
from importer.values import Convert, converter


@dataclass(slots=True)
class Findings:
    """What is found while the cells of a row are read."""

    problems: list[Problem] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


Read = Callable[[Row, Findings], str | None]
"""What the cells of a row say: "" where they are blank, None where they have problems, which it adds."""

NEVER_EMPTY = {"Owner", "OwnerId", "ProspectID"}
"""An empty one of these harms LeadSquared's automations, or is no lead's id."""


@dataclass(frozen=True, slots=True)
class Value:
    """A lead attribute, a field or the date and time of an opportunity.

    name:       its schema name, after that of its field set where it has one: `mx_Custom_9.mx_Custom_1`.
    read:       what the cells say, converted.
    when_blank: what is sent where they say nothing; None is not sent.
    kind:       of what is sent, as in the mapping.
    column:     the mapping's name for the one column that it is taken from; "" for texts and constants.
    """

    name: str
    read: Read
    when_blank: str | None = None
    column: str = ""
    kind: str = "text"

    def known_by(self, said: str) -> str:
        """What the row is known again by.

        A workbook and its CSV copy may differ in a number's last zeros, and an e-mail address is the same
        however it is written.
        """
        if self.kind == "number" and said and not said.isdigit():
            return f"{Decimal(said).normalize():f}"
        return said.casefold() if self.kind == "email" else said


def compile_value(name: str, source: Source, mapping: Mapping, layout: Layout) -> Value:
    """Raises ValueError for a constant, a default or a rule that no row could be sent with."""
    convert = converter(source.kind, rules_of(source, mapping))
    for translation in source.values.values():
        convert(translation)
    if source.value is not None:
        return Value(name, _nothing, convert(source.value) or _empty(name))
    when_blank = _when_blank(name, source, convert)
    column = source.column or ""
    if not any(heading in layout.columns for heading in source.headings):
        return Value(name, _nothing, when_blank or None, column)
    if source.text is not None:
        return Value(name, _template(name, source, convert, layout), when_blank)
    read = _cell(layout, column, convert, source.kind, needed=_needed(source))
    return Value(name, read, when_blank, column, source.kind)


def compile_cell(column: str, layout: Layout) -> Read:
    """The text in a column, without the space around it."""
    return _cell(layout, column, lambda text: clean(text).strip())


def compile_text(template: str, layout: Layout) -> Read:
    """What the template says, without outer space; "" where all the cells that it names are blank."""
    columns = templates.columns(template)
    cells = {name: compile_cell(name, layout) for name in columns if name in layout.columns}

    def read(row: Row, findings: Findings) -> str | None:
        texts = {name: cell(row, findings) for name, cell in cells.items()}
        if None in texts.values():
            return None
        if columns and not any(texts.values()):
            return ""
        return templates.render(template, {name: texts.get(name) or "" for name in columns}).strip()

    return read


def _when_blank(name: str, source: Source, convert: Convert) -> str | None:
    if source.default is not None:
        return convert(source.default) or None
    return _empty(name) if source.blank == "clear" else None


def _empty(name: str) -> str | None:
    return None if name in NEVER_EMPTY else ""


def _nothing(row: Row, findings: Findings) -> str:
    return ""


def _needed(source: Source) -> bool:
    return source.required and source.default is None


def _cell(layout: Layout, column: str, convert: Convert, kind: str = "", *, needed: bool = False) -> Read:
    place = layout.columns[column]
    heading, letter = layout.headings[place].strip(), column_letter(place)

    def read(row: Row, findings: Findings) -> str | None:
        text = row.texts[place] if place < len(row.texts) else ""
        try:
            if place in row.faults:
                raise Bad("CELL-UNREADABLE", row.faults[place])
            if text.startswith(UNREADABLE):
                raise Bad("CELL-UNREADABLE", "was unreadable in an earlier run (type its value)")
            value = convert(text)
            if needed and not value:
                raise Bad("REQUIRED", "is blank, and must be filled")
        except Bad as bad:
            findings.problems.append(Problem(f"{letter}{row.number}", heading, bad.code, str(bad)))
            return None
        for code, message in remarks_on(text, value, kind):
            findings.remarks.append(Remark(f"{letter}{row.number}", heading, code, message))
        return value

    return read


def _template(name: str, source: Source, convert: Convert, layout: Layout) -> Read:
    """For a text with a column in the sheet; a problem stands at the first of its cells that is filled."""
    rendered = compile_text(source.text or "", layout)
    places = list(dict.fromkeys(layout.columns[each] for each in source.headings if each in layout.columns))

    def problem(row: Row, code: str, message: str) -> Problem:
        filled = (place for place, text in enumerate(row.texts) if place in places and clean(text).strip())
        at = min(filled, key=places.index, default=places[0])
        made_from = _listed(["this", *(layout.headings[place] for place in places if place != at)])
        message = f"{message} ({name} is made from {made_from})"
        return Problem(cell_name(at, row.number), layout.headings[at], code, message)

    def read(row: Row, findings: Findings) -> str | None:
        text = rendered(row, findings)
        if text is None:
            return None
        try:
            value = convert(text)
        except Bad as bad:
            findings.problems.append(problem(row, bad.code, str(bad)))
            return None
        if not value and _needed(source):
            findings.problems.append(problem(row, "REQUIRED", "is blank, and must hold a text"))
            return None
        return value

    return read


def _listed(words: Sequence[str]) -> str:
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)
