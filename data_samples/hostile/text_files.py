"""Hostile text files: encodings, delimiters, quotes, and cells that are not what they seem."""

import codecs
import csv
import io
from collections.abc import Sequence

from packing import HEADINGS, person

POLISH = (
    *("Łukasz", "Małgorzata", "Grażyna", "Świętosław", "Wacław", "Bożena", "Władysław", "Jarosław", "Żaneta"),
    *("Radosław", "Wiesław", "Mieczysław", "Dobromiła", "Łucja", "Błażej", "Zdzisław", "Przemysław", "Józef"),
    *("Stanisław", "Bronisława", "Kaźmierz", "Ścibor", "Mirosław", "Elżbieta", "Rafał", "Paweł", "Michał"),
    *("Wojciech Żak", "Agnieszka Dąbrowska", "Zofia Wójcik", "Jan Wiśniewski", "Ewa Kamińska"),
)
RUSSIAN = (
    *("Владимир", "Екатерина", "Дмитрий", "Александр", "Юлия", "Наталья"),
    *("Сергей", "Алексей", "Ольга", "Татьяна", "Михаил", "Андрей"),
)
CHINESE = (
    *("王小明", "李娜", "张伟", "刘洋", "陈静", "杨帆", "赵雷", "黄丽华", "周杰", "吴秀英"),
    *("徐强", "孙悦", "马超", "朱红", "胡兵", "郭靖", "何平", "高峰", "林青霞", "罗成"),
)
ON_A_MAC = (
    *("Zoë", "Renée", "José", "Jürgen", "Françoise", "Søren", "Günther"),
    *("Noël", "Anaïs", "Björn", "Inés", "Müller", "Gonçalo"),
)


def text(
    *rows: Sequence[object], headings: Sequence[str] = HEADINGS, delimiter: str = ",", end: str = "\r\n"
) -> str:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter, lineterminator=end).writerows([headings, *rows])
    return file.getvalue()


def named(*names: str) -> str:
    return text(*(person(row, First_Name=name) for row, name in enumerate(names, start=2)))


def remarks(*cells: str) -> str:
    return text(*(person(row, Remark=cell) for row, cell in enumerate(cells, start=2)))


def amounts(*cells: str) -> str:
    return text(*(person(row, Amount=cell) for row, cell in enumerate(cells, start=2)))


def days(*cells: str) -> str:
    return text(*(person(row, Enquired_On=cell) for row, cell in enumerate(cells, start=2)))


def files() -> dict[str, bytes]:
    made = {**_encodings(), **_plain_utf_8()}
    return {
        name: content if isinstance(content, bytes) else content.encode() for name, content in made.items()
    }


def _encodings() -> dict[str, str | bytes]:
    zoe = named("Zoë", "Łukasz", "अशा")
    old_notes = [*HEADINGS, "Old notes"]
    filler = [[*person(row), f"note {row} " * 2500] for row in range(2, 6)]
    far = text(*filler, [*person(6, First_Name="Zoë"), ""], headings=old_notes)
    return {
        "bom.csv": codecs.BOM_UTF8 + zoe.encode(),
        "utf_16_le_with_bom.csv": codecs.BOM_UTF16_LE + zoe.encode("utf-16-le"),
        "utf_16_be_with_bom.csv": codecs.BOM_UTF16_BE + zoe.encode("utf-16-be"),
        "utf_16_le.csv": named("Zoë", "Renée").encode("utf-16-le"),
        "utf_16_be.csv": named("Zoë", "Renée").encode("utf-16-be"),
        "cp1252.csv": named("Zoë", "Renée “Rén”", "€ Müller").encode("cp1252"),
        "cp1250.csv": named(*POLISH).encode("cp1250"),
        "cp1250_told.csv": named("Łukasz", "Żółć").encode("cp1250"),
        "cp1251.csv": named(*RUSSIAN).encode("cp1251"),
        "gb18030.csv": named(*CHINESE).encode("gb18030"),
        "shift_jis_told.csv": named("山田太郎", "鈴木花子").encode("shift_jis"),
        "mac_roman.csv": named(*ON_A_MAC).encode("mac_roman"),
        "far_letter_utf_8.csv": far,
        "far_letter_cp1252.csv": far.encode("cp1252"),
        "one_broken_byte.csv": named("Zoë", "Renée", "Jos\udce9", "Müller").encode(errors="surrogateescape"),
    }


def _plain_utf_8() -> dict[str, str | bytes]:
    two = [person(2), person(3, Remark="one, two; three | four")]
    return {**_delimiters(two), **_quotes_and_rows(), **_headings(), **_texts(), **_numbers_and_days()}


def _delimiters(two: Sequence[Sequence[object]]) -> dict[str, str]:
    return {
        "comma.csv": text(*two),
        "semicolon.csv": text(*two, delimiter=";"),
        "tab.txt": text(*two, delimiter="\t"),
        "pipe.csv": text(*two, delimiter="|"),
        "sep_line.csv": "sep=;\r\n" + text(*two, delimiter=";"),
        "one_column.csv": "Email\nperson2@example.com\nperson3@example.com\n",
        "carriage_returns.csv": text(*two, end="\r"),
    }


def _quotes_and_rows() -> dict[str, str]:
    head = text()
    two, three, four = (text(headings=person(row)) for row in (2, 3, 4))  # type: ignore[arg-type]
    return {
        "comma_in_quotes.csv": remarks("Pune, India", 'said "yes", twice'),
        "newline_in_quotes.csv": remarks("first\nsecond", "first\r\n\r\nthird", "plain")
        + three.replace("HL", "??"),
        "nul_bytes.csv": named("As\0ha", "\0Ravi"),
        "row_too_long.csv": head
        + two
        + "person3@example.com,+91 81234 56703,Sample, Ravi,03/11/2026,5,HL,x\n"
        + four,
        "row_too_short.csv": head + two + "person3@example.com,+91 81234 56703\r\n" + four,
        "trailing_comma_in_rows.csv": head + "".join(line.replace("\r\n", ",\r\n") for line in (two, three)),
        "trailing_commas_everywhere.csv": "".join(
            line.replace("\r\n", ",,,\r\n") for line in (head, two, three)
        ),
        "unclosed_quote.csv": head + two + three.replace("Person 3", '"Person 3') + four,
        "quote_closes_in_mid_cell.csv": head + two + three.replace("Person 3", '"Per"son 3') + four,
        "quote_in_mid_cell.csv": head + three.replace("Person 3", 'Per"son" 3'),
        "many_quotes.csv": head + three.replace("Person 3", '"' * 21 + "Person 3" + '"' * 21),
        "blank_lines.csv": head + "\r\n" + ",,,,,,\r\n" + four + "\r\n\r\n" + four.replace("HL", "no such"),
        "ends_without_a_line_end.csv": head + two.rstrip(),
    }


def _headings() -> dict[str, str]:
    twice = [*HEADINGS, "Phone"]
    return {
        "mapped_heading_twice.csv": text([*person(2), "+91 81234 56799"], headings=twice),
        "other_heading_twice.csv": text([*person(2), "a", "b"], headings=[*HEADINGS, "Notes", "Notes"]),
        "no_heading_over_data.csv": text([*person(2), "lost"], headings=[*HEADINGS, ""]),
        "title_rows.csv": "Enquiries of November,,\n\nMade for practice\n" + text(person(5)),
    }


def _texts() -> dict[str, str]:
    return {
        "called_null.csv": named("Null", "None", "NaN", "True", "No", "Infinity"),
        "looks_missing.csv": remarks("NULL", "N/A", "None", "nan", "TRUE", "-", "n/a"),
        "error_text.csv": remarks("#N/A", "#REF!"),
        "outer_space.csv": text(
            person(2, Email="  person2@example.com ", First_Name="  Asha ", Amount=" 5 ", Product=" hl "),
            person(3, Remark="   "),
        ),
        "no_break_space.csv": text(
            person(
                2,
                Email="\xa0person2@example.com",
                Phone="+91\xa081234\xa056702",
                First_Name="Asha\xa0Sample",
                Enquired_On="\xa003/11/2026",
                Amount="1\xa0250.5",
                Product="HL\xa0",
            )
        ),
        "zero_width.csv": text(
            person(
                2,
                Email="person2@example.com\u200b",
                Phone="\u202a+91 81234 56702\u202c",
                First_Name="\ufeffAs\u200bha",
                Enquired_On="\u200e03/11/2026",
                Amount="\u200b1250.5",
                Product="H\u200bL",
            ),
            person(3, Email="\u200b"),
        ),
        "control_characters.csv": text(person(2, First_Name="As\x01ha\x07", Remark="a\x0bb\x0cc\x1bd")),
        "emoji_and_right_to_left.csv": named(
            "Asha 🌸", "👩‍👩‍👧", "محمد عبد الله", "שרה", "नीति", "ക്രിസ്‌തു", "Z͑oe\u0308"
        ),
        "formula_like.csv": remarks("=1+1", "@SUM(1)", "+1+1", "-2+3", "=cmd|' /C calc'!A0"),
        "placeholders.csv": named("{{First Name}}", "<name>", "Dear {{contact.name}}"),
    }


def _numbers_and_days() -> dict[str, str]:
    return {
        "shortened_phone.csv": text(
            person(2, Phone="9.19E+11"), person(3, Phone="919876543210.0"), person(4)
        ),
        "indian_numbers.csv": amounts("1,00,000", "12,34,567.50", "1,200"),
        "english_numbers.csv": amounts("100,000", "1,234,567.50", "1'234'567"),
        "european_numbers.csv": amounts("1.234,56", "1 234 567,89", "1.234.567", "1.234", "12,50"),
        "brackets_are_minus.csv": amounts("(1,200)", "(12.50)", "-5", "5-"),
        "currency_signs.csv": amounts("₹ 1,00,000", "Rs. 500", "$12.50", "€1.234,56", "1,200/-", "5 lakh"),
        "percent_text.csv": amounts("12.5%", "100 %"),
        "many_digits.csv": amounts("1234567890123456789", "0.30000000000000004", "1234.0", "00123", "1E5"),
        "day_or_month_first.csv": days("03/04/2026", "04-03-2026", "13/04/2026"),
        "day_or_month_unknown.csv": days("03/04/2026", "13/04/2026", "04/13/2026", "05/05/2026"),
        "no_such_day.csv": days("29/02/2027", "29/02/2028", "31/04/2026", "00/00/0000", "2026-02-30"),
        "odd_days.csv": days("3-Nov-26", "46329", "03/11/26", "3rd November 2026", "20261103"),
    }
