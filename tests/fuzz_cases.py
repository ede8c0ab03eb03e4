"""The cases of the fuzz: good sheets and mappings, how they are damaged, and what must come of it."""

import io
import re
from abc import ABC, abstractmethod
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from random import Random

import xlsxwriter  # type: ignore[import-untyped]

from importer.errors import MappingError, SheetError
from importer.layout import fit
from importer.mapping import Mapping, load_mapping, read_mapping
from importer.reading import AS_FOUND, Reading
from importer.records import Row
from importer.sheet import open_sheet
from importer.validate import compile_rows
from tests import mutations
from tests.conftest import MAPPING
from tests.legacy_files import ods, xls
from tests.rows import MAPPING as MAPPING_OF_ROWS
from tests.test_mapping import GOOD, MAPPINGS, ROOT

LEGACY_SHARE = 0.004  # each starts a program of its own
ENCODINGS = ("utf-8", "utf-16", "utf-16-le", "cp1252", "shift_jis", "iso2022_jp", "utf-7", "cp037", "hz")
READINGS = (
    *(Reading(worksheet="old"), Reading(delimiter=" "), Reading(delimiter="\x1b")),
    *map(Reading, [None] * len(ENCODINGS), ENCODINGS),
)
CELLS = (
    *("asha@example.com", "", "98765 43210", "31/03/2026", "12.5%", "1,20,000", "yes", "a;b", "\x0b😀", "٣"),
    *("x" * 300, "9999-12-31 23:59:59-23:59", "0001-01-01", "1e99", "-1e-99", "{", "=1+1", "\ud800"),
)
YAML_SIGNS = (
    *("- ", "? ", ": ", "[", "]", "{", "}", ",", "#", "&a ", "*a", "!", "!!int ", "|", ">", "'", '"', "---"),
    *("...", "%YAML 9.9\n", "\\", '"\\ud800"', '"\\U00110000"', "<<: ", "[" * 60, "{a: " * 60, "- " * 60),
    *("{}", "[]", '""', "~", "null", ".inf", "-.nan", "1e999999", "9" * 5000, "(a+)+$", "[", "(?P<a>"),
    *("(?i)", "a{99999}", "\\1", "%d", "%d.%m.%Y", "%d%m%y%H%I%p%z", "%Q", "%", "{A}", "{", "}}", "{ }", " "),
    *("ProspectId", "none", "clear"),
)


def workbook() -> bytes:
    """A bit of everything that a workbook may hold."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"default_date_format": "dd/mm/yyyy"}) as book:
        sheet, bold = book.add_worksheet("Enquiries"), book.add_format({"bold": True})
        sheet.merge_range("A1:D1", "Enquiries of March")
        sheet.write_row("A2", ["Email", "First Name", "Amount", "Enquired On", "Code", "Share"])
        sheet.write_row(
            "A3", ["asha@example.com", "Asha_x000D_", 1234.5, datetime(2026, 3, 31, 10, 30), True]
        )
        sheet.write_rich_string("B4", "plain", bold, "bold", " and plain")
        sheet.write_number("E4", 123, book.add_format({"num_format": '"HL-"00000'}))
        sheet.write_number("F4", 0.125, book.add_format({"num_format": "0.0%"}))
        sheet.write_formula("C5", "=1/0", value="#DIV/0!")
        sheet.write_formula("D5", "=A1", value="text")
        sheet.write_formula("E5", "=1+1")
        sheet.write_datetime("D6", date(2026, 3, 31), book.add_format({"num_format": "[h]:mm"}))
        sheet.merge_range("B7:B9", "for three")
        sheet.write_column("A7", ["a@example.com", "b@example.com", "c@example.com"])
        sheet.set_row(7, None, None, {"hidden": True})
        hidden = book.add_worksheet("Old")
        hidden.write_row(0, 0, ["Email", 1])
        hidden.hide()
    return stream.getvalue()


def workbook_without_shared_texts() -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"date_1904": True, "constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for number in range(6):
            sheet.write_row(number, 0, [f"person{number}@example.com", " two\nlines ", number / 7])
    return stream.getvalue()


class Cases(ABC):
    """What is damaged, and what must come of it."""

    @abstractmethod
    def make(self, random: Random) -> tuple[str, bytes]:
        """What is damaged, in a word, and the damaged file."""

    @abstractmethod
    def run(self, random: Random, path: Path) -> str:
        """How it ended, in a word. Raises whatever no operator should meet."""


class Sheets(Cases):
    def __init__(self) -> None:
        samples = ROOT / "data_samples"
        books = [path.read_bytes() for path in sorted(samples.glob("*.xlsx"))]
        self._books = [workbook(), workbook_without_shared_texts(), *books]
        text = "Email;Name;Note\r\n" + 'a@example.com;"As""ha";"two\r\nlines"\r\n' * 3 + "é;ß;\t\r\n"
        self._texts = [path.read_bytes() for path in sorted(samples.glob("*.csv"))]
        self._texts += [f"sep=;\n{text}".encode()]
        self._texts += [text.encode(one) for one in ("utf-8", "utf-8-sig", "utf-16", "cp1252", "utf-16-le")]
        table = "<tr><td>{}</td><td colspan=2>Asha<br>Rao</td></tr>" * 3
        page = f"<table><thead><tr><th rowspan=2>Email</th></tr></thead>{table}</table><p>é</html>"
        encodings = ("utf-8", "cp1252", "utf-16")
        self._pages = [f'<html><meta charset="{one}">{page}'.encode(one) for one in encodings]
        cell = '<table:table-cell office:value-type="float" office:value="12"><text:p>12</text:p>'
        row = f"<table:table-row>{f'{cell}</table:table-cell>' * 3}</table:table-row>"
        rows = [["Email", "Amount", "When"], ["asha@example.com", 12.5, (46112, "dd/mm/yyyy")]]
        document = ods(f'<table:table table:name="Enquiries">{row * 2}</table:table>')
        self._legacy = [xls(Enquiries=rows), document]

    def make(self, random: Random) -> tuple[str, bytes]:
        if random.random() < LEGACY_SHARE:
            content = random.choice(self._legacy)
            is_archive = content.startswith(b"PK") and random.random() < 0.7
            change = mutations.archive_changed if is_archive else mutations.bytes_changed
            return "legacy", change(random, content)
        kind = random.choice(("book", "book", "book", "text", "text", "page"))
        if kind == "book":
            changes = [*[mutations.archive_changed] * 6, mutations.packing_changed, mutations.bytes_changed]
            return kind, random.choice(changes)(random, random.choice(self._books))
        content = random.choice(self._texts if kind == "text" else self._pages)
        if random.random() < 0.1:
            others = self._texts + self._pages + self._books
            return kind, mutations.spliced(random, content, random.choice(others))
        changes = [mutations.bytes_changed, mutations.words_changed]
        changes += [mutations.markup_changed] * 2 * (kind == "page")
        return kind, random.choice(changes)(random, content)

    def run(self, random: Random, path: Path) -> str:
        reading = random.choice(READINGS) if random.random() < 0.15 else AS_FOUND
        try:
            sheet = open_sheet(path, reading)
            for number, row in enumerate(sheet.rows(), start=1):
                assert row.number == number
                assert all(place < len(row.texts) for place in row.faults)
                assert all(isinstance(text, str) for text in row.texts)
        except SheetError as error:
            return sentence(error)
        return "rows"


class Mappings(Cases):
    """A mapping that can be read must also be fit for a sheet, or say why not."""

    def __init__(self) -> None:
        files = [path.read_text(encoding="utf-8") for path in sorted(MAPPINGS.glob("*.yaml"))]
        self._texts = [GOOD, MAPPING, MAPPING_OF_ROWS, *files]
        self._words = re.findall(r"\w+", " ".join(self._texts))

    def make(self, random: Random) -> tuple[str, bytes]:
        text = random.choice(self._texts)
        if random.random() < 0.15:
            return "bytes", mutations.bytes_changed(random, text.encode())
        if random.random() < 0.05:
            other = random.choice(self._texts)
            text = mutations.spliced(random, text.encode(), other.encode()).decode("utf-8", "replace")
        for _ in range(random.choice((1, 1, 2, 3, 6))):
            change = random.choice((self._line_changed, self._word_changed))
            text = change(random, text)
        return "text", text.encode("utf-8", "surrogatepass")

    def _line_changed(self, random: Random, text: str) -> str:
        lines = text.splitlines(keepends=True) or [""]
        at = random.randrange(len(lines))
        indent = " " * random.choice((0, 1, 2, 4, 6))
        word, other = random.choice(self._words), random.choice(self._words)
        sign = random.choice((*YAML_SIGNS, mutations.value(random)))
        lines[at : at + 1] = random.choice(
            (
                [],
                [lines[at], random.choice(lines)],
                [indent + lines[at].lstrip()],
                [f"{lines[at].partition(':')[0]}: {sign}\n"],
                [lines[at], f"{indent}{word}: {other}\n"],
            )
        )
        return "".join(lines)

    def _word_changed(self, random: Random, text: str) -> str:
        word = random.choice([*re.finditer(r"\w+|[^\w\s]| +|\Z", text)])
        news = (random.choice(self._words), random.choice(YAML_SIGNS), mutations.value(random), "")
        return text[: word.start()] + random.choice(news) + text[random.choice(word.span()) :]

    def run(self, random: Random, path: Path) -> str:
        try:
            validate_some(self._read(path))
        except (MappingError, SheetError) as error:
            return sentence(error)
        return "mapping"

    def _read(self, path: Path) -> Mapping:
        """From the file where that can be; half of a sign can only come as a text."""
        content = path.read_bytes()
        with suppress(UnicodeDecodeError):
            content.decode()
            return load_mapping(path)
        with suppress(UnicodeDecodeError):
            return read_mapping(content.decode("utf-8", "surrogatepass"), path)
        return load_mapping(path)


def validate_some(mapping: Mapping) -> None:
    headings = tuple(dict.fromkeys(column.name for column in mapping.columns()))
    validate = compile_rows(mapping, fit(mapping, [Row(1, headings)], header_row=1))
    for start in range(len(CELLS)):
        validate(Row(2, tuple(CELLS[(start + place) % len(CELLS)] for place in range(len(headings)))))


def sentence(error: Exception) -> str:
    text = str(error)
    assert len(text) > 20, text
    assert not {"\x1b", "\x00"} & {*text}, text
    assert text.encode()
    return "sentence"
