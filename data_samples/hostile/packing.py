"""What the hostile sheets are made of: people, rows, and workbooks written part by part."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

HEADINGS = ["Email", "Phone", "First Name", "Enquired On", "Amount", "Product", "Remark"]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."


@dataclass(frozen=True)
class Raw:
    """A cell as its XML says: the attributes after its name, and what is in it."""

    attributes: str
    content: str


@dataclass(frozen=True)
class Row:
    """A row with attributes of its own, such as ` hidden="1"`."""

    cells: Sequence[object]
    attributes: str


@dataclass
class Tables:
    """The shared texts and the number formats that cells point to."""

    strings: list[str] = field(default_factory=list)
    formats: list[str] = field(default_factory=lambda: ["General"])


def person(row: int, **changes: object) -> list[object]:
    """The cells of the usual person in that row of a sheet, some of them changed: `Amount=5`."""
    usual: dict[str, object] = {
        "Email": f"person{row}@example.com",
        "Phone": f"+91 81234 567{row:02}",
        "First_Name": f"Person {row}",
        "Enquired_On": "03/11/2026",
        "Amount": "1250.5",
        "Product": "HL",
        "Remark": "",
    }
    return list((usual | changes).values())


def parts(
    *worksheets: Sequence[object], names: Sequence[str] = (), before: str = "", after: str = ""
) -> dict[str, str]:
    """A workbook's parts by their names. A worksheet is its rows from row 1 on."""
    tables, made = Tables(), {}
    for number, rows in enumerate(worksheets, start=1):
        made[f"xl/worksheets/sheet{number}.xml"] = _sheet(rows, tables, before, after)
    titles = [*names, "Enquiries", "More", "Most"][: len(worksheets)]
    return {
        "[Content_Types].xml": _content_types(len(worksheets)),
        "_rels/.rels": _relationships([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _workbook(titles),
        "xl/_rels/workbook.xml.rels": _relationships(
            [
                *(("worksheet", f"worksheets/sheet{number}.xml") for number in range(1, len(titles) + 1)),
                ("styles", "styles.xml"),
                ("sharedStrings", "sharedStrings.xml"),
            ]
        ),
        "xl/styles.xml": _styles(tables.formats),
        "xl/sharedStrings.xml": shared_strings([f"<t{_SPACE}>{escape(each)}</t>" for each in tables.strings]),
        **made,
    }


_SPACE = ' xml:space="preserve"'


def shared_strings(items: Sequence[str]) -> str:
    return f'{HEAD}<sst xmlns="{MAIN}">{"".join(f"<si>{item}</si>" for item in items)}</sst>'


def packed(content: Mapping[str, str | bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    """Not compressed, since each version of zlib writes other bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in content.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type, info.create_system, info.external_attr = method, 3, 0o600 << 16
            archive.writestr(info, data)
    return file.getvalue()


def workbook(*rows: object, headings: Sequence[object] = HEADINGS, **more: str) -> bytes:
    """One worksheet: the headings, and these rows below."""
    return packed(parts([headings, *rows], **more))  # type: ignore[arg-type]


def column(place: int) -> str:
    return (chr(64 + place // 26) if place >= 26 else "") + chr(65 + place % 26)


def _sheet(rows: Sequence[object], tables: Tables, before: str, after: str) -> str:
    written = "".join(_row(number, row, tables) for number, row in enumerate(rows, start=1))
    names = f'xmlns="{MAIN}" xmlns:r="{OFFICE}"'
    return f"{HEAD}<worksheet {names}>{before}<sheetData>{written}</sheetData>{after}</worksheet>"


def _row(number: int, row: object, tables: Tables) -> str:
    one = row if isinstance(row, Row) else Row(row, "")  # type: ignore[arg-type]
    cells = "".join(_cell(f"{column(place)}{number}", cell, tables) for place, cell in enumerate(one.cells))
    return f'<row r="{number}"{one.attributes}>{cells}</row>' if cells or one.attributes else ""


def _cell(name: str, cell: object, tables: Tables) -> str:
    if cell in (None, ""):
        return ""
    attributes, content = _stored(cell, tables)
    return f'<c r="{name}"{attributes}>{content}</c>'


def _stored(cell: object, tables: Tables) -> tuple[str, str]:
    match cell:
        case Raw(attributes, content):
            return attributes, content
        case str():
            return ' t="s"', f"<v>{_place(cell, tables.strings)}</v>"
        case (number, code):
            content = "" if number is None else f"<v>{number!r}</v>"
            return f' s="{_place(code, tables.formats)}"', content
        case bool():
            return ' t="b"', f"<v>{int(cell)}</v>"
    return "", f"<v>{cell!r}</v>"


def _place(text: str, among: list[str]) -> int:
    if text not in among:
        among.append(text)
    return among.index(text)


def _content_types(worksheets: int) -> str:
    kinds = {"workbook": "sheet.main", "styles": "styles", "sharedStrings": "sharedStrings"}
    kinds |= {f"worksheets/sheet{number}": "worksheet" for number in range(1, worksheets + 1)}
    each = "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="{_TYPE}{kind}+xml"/>'
        for part, kind in kinds.items()
    )
    rels = (
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    )
    return f'{HEAD}<Types xmlns="{PACKAGE}/content-types">{rels}{each}</Types>'


def _relationships(targets: Sequence[tuple[str, str]]) -> str:
    each = "".join(
        f'<Relationship Id="rId{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{each}</Relationships>'


def _workbook(titles: Sequence[str]) -> str:
    each = "".join(
        f'<sheet name="{title}" sheetId="{number}" r:id="rId{number}"/>'
        for number, title in enumerate(titles, start=1)
    )
    return (
        f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookPr/><sheets>{each}</sheets></workbook>'
    )


def _styles(formats: Sequence[str]) -> str:
    own = "".join(
        f'<numFmt numFmtId="{164 + place}" formatCode={quoteattr(code)}/>'
        for place, code in enumerate(formats)
    )
    each = "".join(f'<xf numFmtId="{164 + place}" fontId="0" xfId="0"/>' for place in range(len(formats)))
    return (
        f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts>{own}</numFmts><fonts><font/></fonts>'
        "<fills><fill/></fills><borders><border/></borders><cellStyleXfs><xf/></cellStyleXfs>"
        f"<cellXfs>{each}</cellXfs></styleSheet>"
    )
