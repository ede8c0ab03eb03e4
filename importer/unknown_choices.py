"""Values that are not among the choices of their column, each once: what `values:` could translate."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from textwrap import indent

from importer.cell_names import column_number
from importer.cell_text import Bad, clean
from importer.choices import fold, parter
from importer.layout import Layout
from importer.mapping import Mapping, Source
from importer.records import Problem, Row
from importer.source_rules import rules_of
from importer.spelling import counted
from importer.values import converter
from importer.yaml_lines import Keys, where
from importer.yaml_text import Line, laid_out, scalar

CODE = "CHOICE-UNKNOWN"

# A column with more than these holds something else than choices, and nobody would translate them all.
MOST = 1_000

_SURELY = 0.85


@dataclass(frozen=True, slots=True)
class UnknownValues:
    """What one column holds beside its choices.

    column: its heading.
    where, line: the place in the mapping file that has the choices, or the values that there are already.
    margin: the blanks before it there; None where it stands within braces.
    short:  where the source is a heading alone, its name in the file with the blanks before it; else "".
    counts: each value with its number of cells, the most frequent first, whatever its case and spacing.
    meant:  of those that look like a choice, that choice.
    known:  what the mapping translates already.
    is_cut: there are more than MOST of them; `counts` holds the first.
    """

    column: str
    where: str
    line: int
    margin: str | None
    short: str
    counts: dict[str, int]
    meant: dict[str, str]
    known: dict[str, str]
    is_cut: bool

    @property
    def block(self) -> str:
        """All of them as a `values:` block of the mapping file; what no choice is like is to be filled in."""
        block = laid_out([Line("values: {"), *self._lines(), Line("}")])
        if not self.short:
            return indent(block, self.margin or "")
        margin = self.short[: len(self.short) - len(self.short.lstrip(" "))] + "  "
        return f"{self.short}:\n{margin}column: {scalar(self.column)}\n{indent(block, margin)}"

    def _lines(self) -> Iterator[Line]:
        for text, sent in self.known.items():
            yield Line(f"  {scalar(text)}: {scalar(sent)},")
        for text, count in self.counts.items():
            cells = counted(count, "cell")
            if choice := self.meant.get(text):
                yield Line(f"  {scalar(text)}: {scalar(choice)},", f"{cells}, if this is what it means")
            else:
                yield Line(f'  # {scalar(text)}: "",', f"{cells}; name the choice, and take away the first #")


class UnknownChoices:
    """Collects them while the rows of one sheet go by."""

    def __init__(self, mapping: Mapping, layout: Layout) -> None:
        self._columns: dict[int, list[_Column]] = {}
        for keys, source in mapping.sources():
            place = layout.columns.get(source.column or "")
            if place is not None and (source.choices or source.values):
                column = _Column(keys, source, layout.headings[place], mapping)
                self._columns.setdefault(place, []).append(column)

    def see(self, row: Row, problems: Iterable[Problem]) -> None:
        cells = {problem.cell for problem in problems if problem.code == CODE}
        for place in {column_number(cell.rstrip("0123456789")) for cell in cells}:
            for column in self._columns.get(place, ()):
                column.see(row.texts[place])

    @property
    def found(self) -> tuple[UnknownValues, ...]:
        columns = (column for found in self._columns.values() for column in found)
        return tuple(column.found for column in columns if column.counts)


class _Column:
    """The values of one column that are not among the choices of one source."""

    def __init__(self, keys: Keys, source: Source, heading: str, mapping: Mapping) -> None:
        self._keys, self._source, self._heading = keys, source, heading
        word = "values" if source.values else "choices"
        self._line = mapping.line(*keys, word)
        self._margin = _margin(mapping.path, self._line, word)
        self._short = _short(mapping.path, self._line) if mapping.is_short(*keys) else ""
        self._convert = converter(source.kind, rules_of(source, mapping))
        self._spelt: dict[str, str] = {}
        self._is_cut = False
        self.counts: Counter[str] = Counter()

    def see(self, text: str) -> None:
        found = {fold(part): part for part in self._parts(clean(text)) if self._is_unknown(part)}
        for key, part in found.items():
            if key in self._spelt or len(self._spelt) < MOST:
                self._spelt.setdefault(key, part)
                self.counts[key] += 1
            else:
                self._is_cut = True

    def _parts(self, text: str) -> list[str]:
        if self._source.kind != "multi_choice":
            return [text.strip()]
        words = (*self._source.choices, *self._source.values, *self._source.values.values())
        return parter(self._source.separator, words)(text)

    def _is_unknown(self, part: str) -> bool:
        try:
            self._convert(part)
        except Bad as bad:
            return bad.code == CODE
        return False

    @property
    def found(self) -> UnknownValues:
        counts = {self._spelt[key]: count for key, count in self.counts.most_common()}
        choices = self._source.choices or tuple(dict.fromkeys(self._source.values.values()))
        meant = {text: close for text in counts if (close := _nearest(text, choices))}
        known = dict(self._source.values)
        return UnknownValues(
            self._heading, where(self._keys), self._line, self._margin, self._short,
            counts, meant, known, self._is_cut,
        )  # fmt: skip


def _margin(path: Path, line: int, word: str) -> str | None:
    """The blanks before the word where it begins its line; None where other words do."""
    with suppress(OSError, UnicodeDecodeError, IndexError):
        written = path.read_text(encoding="utf-8-sig").splitlines()[line - 1]
        if written.lstrip(" ").startswith(f"{word}:"):
            return written[: -len(written.lstrip(" "))]
    return None


def _short(path: Path, line: int) -> str:
    """The name in this line of the file with the blanks before it; "" where other words stand there."""
    with suppress(OSError, UnicodeDecodeError, IndexError):
        written = path.read_text(encoding="utf-8-sig").splitlines()[line - 1]
        if named := re.match(r"""\s*(?:"[^"]+"|'[^']+'|[^:{}"'#]+)(?=:\s)""", written):
            return named[0]
    return ""


def _nearest(text: str, choices: Sequence[str]) -> str:
    """The choice that this surely is, misspelt or by its initials; "" where a person has to say it."""
    folded = {fold(choice): choice for choice in choices}
    close = get_close_matches(fold(text), folded, n=1, cutoff=_SURELY)
    initials = [choice for choice in choices if _initials(choice) == fold(text)]
    return folded[close[0]] if close else initials[0] if len(initials) == 1 else ""


def _initials(choice: str) -> str:
    words = fold(choice).split()
    return "".join(word[0] for word in words) if len(words) > 1 else ""
