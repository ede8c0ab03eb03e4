"""Files that are not what their names say, and workbooks made to harm who opens them."""

import io
import re

import xlwt  # type: ignore[import-untyped]
from packing import HEADINGS, MAIN, OFFICE, PACKAGE, packed, parts, person, workbook
from text_files import text

SHEET, STRINGS, BOOK = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
PEOPLE = [HEADINGS, person(2), person(3)]


def files() -> dict[str, bytes]:
    return {**_other_names(), **_damaged(), **_entities(), **_harmful_parts()}


def _other_names() -> dict[str, bytes]:
    page = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in PEOPLE)
    return {
        "text_called.xls": text(*PEOPLE[1:], delimiter="\t").encode(),
        "page_called.xls": f"<html><table>{page}</table></html>".encode(),
        "workbook_called.csv": workbook(*PEOPLE[1:]),
        "old_workbook_called.xlsx": _old_workbook(),
        "picture_called.xlsx": b"\x89PNG\r\n\x1a\n" + bytes(64),
        "pdf_called.csv": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n",
        "archive_called.xlsx": packed({"enquiries.csv": text(*PEOPLE[1:])}),
        "empty.csv": b"",
        "only_blanks.csv": b"\r\n,,,\r\n  \r\n",
        "only_headings.csv": text().encode(),
    }


def _old_workbook() -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Enquiries")
    for number, row in enumerate(PEOPLE):
        for place, cell in enumerate(row):
            sheet.write(number, place, cell)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _damaged() -> dict[str, bytes]:
    content, good = parts(PEOPLE), workbook(*PEOPLE[1:])
    strict = {name: part.replace(MAIN, STRICT) for name, part in content.items()}
    broken = content | {SHEET: content[SHEET][:-60]}
    return {
        "cut_off.xlsx": good[: len(good) * 2 // 3],
        "one_byte_changed.xlsx": good.replace(b"Person 3", b"Person 8"),
        "protected_by_password.xlsx": _protected(),
        "strict.xlsx": packed(strict),
        "worksheet_cut_off.xlsx": packed(broken),
        "worksheet_lacks.xlsx": packed({name: part for name, part in content.items() if name != SHEET}),
        "texts_lack.xlsx": packed({name: part for name, part in content.items() if name != STRINGS}),
        "no_styles.xlsx": packed(
            {
                name: re.sub(r'<(Override|Relationship) [^>]*styles\.xml"[^>]*>', "", part)
                for name, part in content.items()
                if name != "xl/styles.xml"
            }
        ),
    }


def _protected() -> bytes:
    """A container of two streams, as Excel writes where a password is set; the second is renamed."""
    file = io.BytesIO()
    xlwt.CompoundDoc.XlsDoc().save(file, bytes(512))
    name = "EncryptedPackage".encode("utf-16-le")
    at = file.getvalue().index("Workbook".encode("utf-16-le"))
    return file.getvalue()[:at] + name + file.getvalue()[at + len(name) :]


def _entities() -> dict[str, bytes]:
    laughs = '<!ENTITY a "haha haha haha haha">' + "".join(
        f'<!ENTITY {name} "{f"&{chr(ord(name) - 1)};" * 10}">' for name in "bcdefghij"
    )
    outside = '<!ENTITY j SYSTEM "file:///etc/hostname">'
    elsewhere = '<!ENTITY % d SYSTEM "http://127.0.0.1:9/harm.dtd"> %d;'
    inner = '<!ENTITY j "Asha">'
    return {
        "laughs_in_worksheet.xlsx": _declaring(SHEET, laughs, "<v>0</v>", "<v>&j;</v>"),
        "laughs_in_texts.xlsx": _declaring(STRINGS, laughs, "Person 2", "&j;"),
        "laughs_in_workbook.xlsx": _declaring(BOOK, laughs, 'name="Enquiries"', 'name="&j;"'),
        "laughs_in_styles.xlsx": _declaring("xl/styles.xml", laughs, "General", "&j;"),
        "laughs_in_content_types.xlsx": _declaring("[Content_Types].xml", laughs, "</Types>", "&j;</Types>"),
        "entity_from_a_file.xlsx": _declaring(STRINGS, outside, "Person 2", "&j;"),
        "entity_from_a_file_in_worksheet.xlsx": _declaring(SHEET, outside, "<v>0</v>", "<v>&j;</v>"),
        "declarations_from_the_net.xlsx": _declaring(STRINGS, elsewhere, "Person 2", "Person 2"),
        "entity_of_its_own.xlsx": _declaring(STRINGS, inner, "Person 2", "&j;"),
    }


def _declaring(name: str, declarations: str, old: str, new: str) -> bytes:
    content = parts(PEOPLE)
    part = content[name].replace("?>\n", f"?>\n<!DOCTYPE x [{declarations}]>\n", 1).replace(old, new, 1)
    return packed(content | {name: part})


def _harmful_parts() -> dict[str, bytes]:
    content = parts(PEOPLE)
    link = f'<externalLink xmlns="{MAIN}"><externalBook xmlns:r="{OFFICE}" r:id="rId1"/></externalLink>'
    target = (
        f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{OFFICE}/externalLinkPath" Target="file:///etc/passwd" TargetMode="External"/>'
        "</Relationships>"
    )
    linked = content | {
        "xl/externalLinks/externalLink1.xml": link,
        "xl/externalLinks/_rels/externalLink1.xml.rels": target,
    }
    linked["[Content_Types].xml"] = content["[Content_Types].xml"].replace(
        "</Types>",
        '<Override PartName="/xl/externalLinks/externalLink1.xml" ContentType="application/vnd.'
        'openxmlformats-officedocument.spreadsheetml.externalLink+xml"/></Types>',
    )
    linked["xl/_rels/workbook.xml.rels"] = content["xl/_rels/workbook.xml.rels"].replace(
        "</Relationships>",
        f'<Relationship Id="rId9" Type="{OFFICE}/externalLink" Target="externalLinks/externalLink1.xml"/>'
        "</Relationships>",
    )
    linked[BOOK] = content[BOOK].replace(
        "</sheets>", '</sheets><externalReferences><externalReference r:id="rId9"/></externalReferences>'
    )
    outside = content | {
        "xl/_rels/workbook.xml.rels": content["xl/_rels/workbook.xml.rels"].replace(
            "worksheets/sheet1.xml", "../../../../etc/hostname"
        )
    }
    return {
        "external_links.xlsx": packed(linked),
        "paths_out_of_the_archive.xlsx": packed(
            content | {"../../outside.txt": "x", "/etc/outside": "x", "..\\outside.txt": "x"}
        ),
        "worksheet_out_of_the_archive.xlsx": packed(outside),
    }
