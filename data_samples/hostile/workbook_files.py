"""Hostile workbooks: cells, rows and worksheets that are not what they seem."""

import re

from packing import HEADINGS, MAIN, Raw, Row, packed, parts, person, shared_strings, workbook

DAY = "dd/mm/yyyy"
NOVEMBER_3 = 46329  # 3 November 2026


def files() -> dict[str, bytes]:
    return {**_numbers(), **_dates(), **_formulas_and_errors(), **_texts(), **_rows(), **_worksheets()}


def _amounts(*cells: object) -> bytes:
    return workbook(*(person(row, Amount=cell) for row, cell in enumerate(cells, start=2)))


def _remarks(*cells: object) -> bytes:
    return workbook(*(person(row, Remark=cell) for row, cell in enumerate(cells, start=2)))


def _days(*cells: object, more: str = "") -> bytes:
    return workbook(*(person(row, Enquired_On=cell) for row, cell in enumerate(cells, start=2)), before=more)


def _numbers() -> dict[str, bytes]:
    return {
        "whole_number_as_float.xlsx": _amounts(1234.0, Raw("", "<v>1234.0</v>"), Raw("", "<v>1.234E3</v>")),
        "tenth_and_a_bit.xlsx": _amounts(0.30000000000000004, 0.1, 1e-7),
        "rounding_format.xlsx": _amounts((1250.125, "#,##0"), (1250.125, '"₹" #,##0.0'), (999999, "0,")),
        "percent.xlsx": _amounts((0.125, "0.0%"), (1, "0%"), "12.5%"),
        "zeros_format.xlsx": _remarks((123, "00000"), (123, '"HL-"00000'), (1234567, "00000"), (123, "0")),
        "phone_format.xlsx": workbook(
            person(2, Phone=(8123456702, "0000000000")),
            person(3, Phone=(2225001234, "00000000000")),
            person(4, Phone=8123456704),
            person(5, Phone=918123456705.0),
        ),
        "sixteen_digits.xlsx": _remarks(1234567890123456, 123456789012345, Raw("", "<v>8.1234567E+15</v>")),
        "shortened_phone.xlsx": workbook(person(2, Phone="9.19E+11"), person(3, Phone=919876543210.0)),
        "yes_and_no.xlsx": _remarks(True, False, "TRUE", 1),
    }


def _dates() -> dict[str, bytes]:
    from_1904 = parts([HEADINGS, person(2, Enquired_On=(NOVEMBER_3 - 1462, DAY))])
    from_1904["xl/workbook.xml"] = from_1904["xl/workbook.xml"].replace(
        "<workbookPr/>", '<workbookPr date1904="1"/>'
    )
    return {
        "dates.xlsx": _days((NOVEMBER_3, DAY), (NOVEMBER_3, "mm-dd-yy"), (NOVEMBER_3 + 0.75, DAY)),
        "from_1904.xlsx": packed(from_1904),
        "iso_date_cell.xlsx": _days(
            Raw(' t="d"', "<v>2026-11-03</v>"), Raw(' t="d"', "<v>2026-11-03T00:00:00</v>")
        ),
        "negative_date.xlsx": _days((-1, DAY), (NOVEMBER_3, DAY)),
        "date_beyond_9999.xlsx": _days((2958466, DAY), (2958465, DAY)),
        "day_zero_and_60.xlsx": _days((0, DAY), (60, DAY), (61, DAY)),
        "date_without_format.xlsx": _days(NOVEMBER_3, (NOVEMBER_3, "0.00")),
        "times.xlsx": _remarks(
            (0.4375, "hh:mm"), (NOVEMBER_3 + 0.4375, "dd/mm/yyyy hh:mm"), (0.999999, "hh:mm:ss")
        ),
        "part_of_a_second.xlsx": _remarks(
            (NOVEMBER_3 + 0.4375 + 0.123 / 86400, "dd/mm/yyyy hh:mm:ss.000"),
            (NOVEMBER_3 + 0.4375 + 0.7 / 86400, "dd/mm/yyyy hh:mm:ss"),
        ),
        "long_durations.xlsx": _remarks((1.25, "[h]:mm"), (-0.25, "[h]:mm"), (100.5, "[h]:mm:ss")),
        "day_in_another_language.xlsx": _days(
            (NOVEMBER_3, "[$-409]d\\-mmm\\-yyyy;@"), (NOVEMBER_3, "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy")
        ),
    }


def _formulas_and_errors() -> dict[str, bytes]:
    errors = ("#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?")
    return {
        "formula_not_saved.xlsx": _amounts(Raw("", "<f>2+3</f>"), Raw("", "<f>2+3</f><v/>"), 5),
        "formula_saved.xlsx": workbook(
            person(2, Amount=Raw("", "<f>2+3</f><v>5</v>")),
            person(3, Remark=Raw(' t="str"', "<f>A1&amp;B1</f><v>Pune</v>")),
            person(4, Remark=Raw(' t="str"', '<f>""</f><v></v>')),
        ),
        "formula_guessed.xlsx": packed(
            {
                name: part.replace("</sheets>", '</sheets><calcPr fullCalcOnLoad="1"/>')
                for name, part in parts([HEADINGS, person(2, Amount=Raw("", "<f>2+3</f><v>0</v>"))]).items()
            }
        ),
        "errors.xlsx": _amounts(*(Raw(' t="e"', f"<v>{error}</v>") for error in errors)),
        "error_in_other_column.xlsx": workbook(
            [*person(2), Raw(' t="e"', "<v>#N/A</v>")], headings=[*HEADINGS, "Notes"]
        ),
        "looks_missing.xlsx": _remarks("#N/A", "NULL", "N/A", "None", "TRUE"),
        "called_null.xlsx": workbook(
            person(2, First_Name="Null"), person(3, First_Name="NULL", Remark="nan")
        ),
    }


def _texts() -> dict[str, bytes]:
    names = "".join(person(2)[2])  # type: ignore[arg-type]
    rich = parts([HEADINGS, person(2), person(3, First_Name="Spoken")])
    rich["xl/sharedStrings.xml"] = (
        rich["xl/sharedStrings.xml"]
        .replace(
            f'<t xml:space="preserve">{names}</t>',
            '<r><rPr><b/></rPr><t>Asha</t></r><r><t xml:space="preserve"> Sample</t></r>',
        )
        .replace(
            '<t xml:space="preserve">Spoken</t>',
            '<t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="1"/>',
        )
    )
    beyond = parts([HEADINGS, person(2)])
    beyond["xl/sharedStrings.xml"] = shared_strings(["<t>Email</t>"])
    return {
        "rich_text_and_pronunciation.xlsx": packed(rich),
        "inline_texts.xlsx": workbook(
            person(2, First_Name=Raw(' t="inlineStr"', "<is><t>Asha</t></is>")),
            person(3, First_Name=Raw(' t="inlineStr"', "<is><r><t>As</t></r><r><t>ha</t></r></is>")),
        ),
        "escaped_characters.xlsx": _remarks(
            "a_x000D_\nb", "_x005F_x000D_", "_x0041_sha", "a_x0001_b", "x005F_"
        ),
        "text_number_that_lacks.xlsx": packed(beyond),
        "outer_space.xlsx": workbook(person(2, First_Name="  Asha\u00a0 ", Remark="\n")),
        "formula_like.xlsx": _remarks("=1+1", "'quoted", "@SUM(1)"),
        "emoji.xlsx": workbook(person(2, First_Name="Asha 🌸", Remark="_xD83C__xDF38_")),
    }


def _rows() -> dict[str, bytes]:
    hidden = Row(person(3), ' hidden="1"')
    blank = [(None, DAY)] * 7
    far = parts([HEADINGS, person(2)])
    far["xl/worksheets/sheet1.xml"] = far["xl/worksheets/sheet1.xml"].replace(
        "</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    )
    wrong_size = parts([HEADINGS, person(2), person(3)], before='<dimension ref="A1:B2"/>')
    return {
        "wrong_dimension.xlsx": packed(wrong_size),
        "merged_data.xlsx": workbook(person(2, Remark="Pune"), person(3), person(4), after=_merged("G2:G3")),
        "merged_title.xlsx": packed(
            parts([["Enquiries of November"], HEADINGS, person(3)], after=_merged("A1:G1"))
        ),
        "hidden_rows.xlsx": workbook(person(2), hidden, person(4)),
        "hidden_rows_left_out.xlsx": workbook(person(2), hidden, person(4)),
        "filtered_rows.xlsx": workbook(
            person(2),
            hidden,
            person(4),
            after=_FILTER,
        ),
        "title_rows.xlsx": packed(parts([["Enquiries"], [], ["Made for practice"], HEADINGS, person(5)])),
        "formatted_blanks.xlsx": workbook(person(2), *[blank] * 20),
        "blank_column_first.xlsx": packed(parts([[], ["", *HEADINGS], ["", *person(3)]])),
        "blank_rows.xlsx": workbook([], [], person(4), [], person(6, Product="no such")),
        "last_cell_of_all.xlsx": packed(far),
        "mapped_heading_twice.xlsx": workbook([*person(2), "x"], headings=[*HEADINGS, "Email"]),
        "no_heading_over_data.xlsx": workbook([*person(2), "lost"]),
        "cells_without_places.xlsx": _without_places(),
    }


_FILTER = (
    '<autoFilter ref="A1:G4"><filterColumn colId="2"><filters><filter val="Person 2"/></filters>'
    "</filterColumn></autoFilter>"
)


def _merged(cells: str) -> str:
    return f'<mergeCells count="1"><mergeCell ref="{cells}"/></mergeCells>'


def _without_places() -> bytes:
    content = parts([HEADINGS, person(2)])
    sheet = "xl/worksheets/sheet1.xml"
    return packed(content | {sheet: re.sub(r'(<row|<c) r="\w+"', r"\1", content[sheet])})


def _worksheets() -> dict[str, bytes]:
    people, notes = [HEADINGS, person(2)], [["Notes"], ["nobody"]]
    hidden_first = parts(notes, notes, people, names=["Old", "Secret", "Enquiries"])
    book = hidden_first["xl/workbook.xml"]
    book = book.replace('sheetId="1"', 'sheetId="1" state="hidden"')
    hidden_first["xl/workbook.xml"] = book.replace('sheetId="2"', 'sheetId="2" state="veryHidden"')
    return {
        "cover_first.xlsx": packed(parts([["Welcome"]], people, names=["Cover", "Enquiries"])),
        "cover_first_named.xlsx": packed(parts([["Welcome"]], people, names=["Cover", "Enquiries"])),
        "hidden_worksheets.xlsx": packed(hidden_first),
        "empty_first.xlsx": packed(parts([], people, names=["Empty", "Enquiries"])),
        "prefixed_names.xlsx": _prefixed(),
    }


def _prefixed() -> bytes:
    """As some programs write it: every name of the main namespace with a prefix."""
    content = parts([HEADINGS, person(2)])
    for name in ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"):
        part = content[name].replace(f'xmlns="{MAIN}"', f'xmlns:x="{MAIN}"')
        content[name] = re.sub(r"<(/?)(?=[a-z])", r"<\1x:", part)
    return packed(content)
