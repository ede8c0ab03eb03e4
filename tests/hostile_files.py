"""Files that are small to send and large to open: built when they are needed, not kept."""

import random
import sys
import zipfile
from pathlib import Path

HOSTILE = Path(__file__).parents[1] / "data_samples" / "hostile"
sys.path.append(str(HOSTILE))

from packing import HEADINGS, packed, parts, person, shared_strings  # type: ignore[import-not-found]  # noqa: E402

MILLION = 1_000_000
LINE = ",".join(map(str, person(2)))
HEAD = ",".join(HEADINGS)
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"


def _sheet_with(rows):
    return parts([HEADINGS, person(2)])[SHEET].replace("</sheetData>", f"{rows}</sheetData>")


def _changed(path, part, text):
    path.write_bytes(packed({**parts([HEADINGS, person(2)]), part: text}, zipfile.ZIP_DEFLATED))


def bomb(path, megabytes=300):
    """A worksheet of 300 MB of blanks, packed a thousandfold."""
    content = parts([HEADINGS, person(2)])
    start, end = content.pop(SHEET).split("</sheetData>")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in content.items():
            archive.writestr(name, part)
        with archive.open(SHEET, "w") as part:
            part.write(start.encode())
            for _ in range(megabytes):
                part.write(b" " * (1 << 20))
            part.write(f"</sheetData>{end}".encode())


def bomb_of_unsaid_size(path):
    """The same of 64 MB, which the archive says to be small."""
    bomb(path, 64)
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo(SHEET).file_size.to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size, (4000).to_bytes(4, "little")))


def many_parts(path):
    """An archive of ten thousand parts beside its own."""
    more = {f"xl/media/{number}.xml": "<a/>" for number in range(10_000)}
    path.write_bytes(packed({**parts([HEADINGS, person(2)]), **more}, zipfile.ZIP_DEFLATED))


def long_shared_text(path):
    """A shared text of 32 MB, of one letter."""
    content = parts([HEADINGS, person(2)])
    _changed(path, STRINGS, content[STRINGS].replace("Person 2", "a" * (32 << 20)))


def long_text_that_packs_badly(path):
    """A shared text of 32 MB that is no bomb by its measure."""
    letters = random.Random(1).choices("abcdefghijklmnop", k=1 << 20)  # noqa: S311  # no secret
    content = parts([HEADINGS, person(2)])
    _changed(path, STRINGS, content[STRINGS].replace("Person 2", "".join(letters) * 32))


def many_cells_of_one_long_text(path):
    """A text of 1 MB, to which 2,000 cells point."""
    cells = "".join(
        f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c><c r="G{row}" t="s"><v>9</v></c></row>'
        for row in range(3, 2003)
    )
    content = parts([HEADINGS, person(2)])
    texts = content[STRINGS].replace("Person 2", "a" * MILLION)
    path.write_bytes(packed({**content, SHEET: _sheet_with(cells), STRINGS: texts}, zipfile.ZIP_DEFLATED))


def deep_xml(path):
    """A cell of a million elements, each within the one before."""
    _changed(path, SHEET, _sheet_with("<row>" + "<c>" * MILLION + "</c>" * MILLION + "</row>"))


def deep_styles(path):
    """The same in a part that is read whole."""
    content = parts([HEADINGS, person(2)])
    deep = "<a>" * MILLION + "</a>" * MILLION
    _changed(path, "xl/styles.xml", content["xl/styles.xml"].replace("</styleSheet>", f"{deep}</styleSheet>"))


def large_entity(path):
    """Entities within the measure that XML readers allow, behind a long remark."""
    text = f'<!--{" " * (7 << 20)}--><!DOCTYPE x [<!ENTITY a "{"a" * 40_000}">]>'
    content = _sheet_with('<row r="3"><c r="G3" t="str"><v>' + "&a;" * 15_000 + "</v></c></row>")
    _changed(path, SHEET, content.replace("?>\n", f"?>\n{text}", 1))


def many_shared_texts(path):
    """A million shared texts that no cell uses."""
    _changed(path, STRINGS, shared_strings([f"<t>{number}</t>" for number in range(MILLION)]))


def wide_row(path):
    """A row of a million cells, in a workbook."""
    _changed(path, SHEET, _sheet_with('<row r="3">' + "<c><v>1</v></c>" * MILLION + "</row>"))


def many_merged(path):
    """A hundred thousand merged ranges of all columns."""
    merged = "".join(f'<mergeCell ref="A{row}:XFD{row + 9}"/>' for row in range(2, 100_002))
    content = _sheet_with("").replace("</sheetData>", f"</sheetData><mergeCells>{merged}</mergeCells>")
    _changed(path, SHEET, content)


def last_row(path):
    """One more person in the last row of all."""
    row = '<row r="1048576"><c r="A1048576" t="str"><v>last@example.com</v></c></row>'
    _changed(path, SHEET, _sheet_with(row))


def million_columns(path):
    path.write_text(f"{HEAD}\n{LINE}{',1' * MILLION}\n", encoding="utf-8")


def million_headings(path):
    path.write_text(f"{HEAD}{',H' * MILLION}\n{LINE}\n", encoding="utf-8")


def million_blanks(path):
    """Delimiters only, behind the person."""
    path.write_text(f"{HEAD}\n{LINE}{',' * MILLION}\n", encoding="utf-8")


def long_cell(path):
    path.write_text(f"{HEAD}\n{LINE}{'a' * 1_500_000}\n", encoding="utf-8")


def nested_quotes(path):
    quotes = '"' * 400_001
    path.write_text(f"{HEAD}\n{LINE}{quotes}x{quotes}\n", encoding="utf-8")


def all_rows(path):
    """As many rows as Excel has, blank but for the first."""
    path.write_text(f"{HEAD}\n{LINE}\n" + ",,,,,,\n" * 1_048_574, encoding="utf-8")


def one_line(path):
    """A hundred million letters without a line end."""
    path.write_bytes(b"a" * 100_000_000)
