"""Excel workbooks: each cell as a person sees it, yet exact, and no damage passed on in silence."""

import io
import re
import tracemalloc
import zipfile
from datetime import date, datetime, time, timedelta

import openpyxl
import pytest
import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importer.errors import SheetError
from importer.reading import Reading
from importer.records import Cell, Stored
from importer.sheet import open_sheet

GENERAL = "General"


@pytest.fixture
def workbook(tmp_path):
    """Writes worksheets, each a list of rows, with XlsxWriter; says where."""

    def workbook(**worksheets):
        path = tmp_path / "leads.xlsx"
        with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
            for title, rows in worksheets.items():
                worksheet = book.add_worksheet(title)
                for number, row in enumerate(rows):
                    worksheet.write_row(number, 0, row)
        return path

    return workbook


@pytest.fixture
def cells(tmp_path):
    """Writes a workbook whose only row holds these cells in Excel's own XML; gives that row."""

    def cells(xml, *, styles=(), strings="<si><t>shared</t></si>", calculation=""):
        source = io.BytesIO()
        with xlsxwriter.Workbook(source) as book:
            worksheet = book.add_worksheet("Enquiries")
            worksheet.write_string(0, 0, "shared")
            for number_format in styles:
                worksheet.write_blank(1, 0, None, book.add_format({"num_format": number_format}))
        changed = rewritten(
            source,
            tmp_path / "raw.xlsx",
            [
                (r"<sheetData>.*</sheetData>", f'<sheetData><row r="1">{xml}</row></sheetData>'),
                (r"<si>.*</si>", strings),
                (r' fullCalcOnLoad="1"', calculation),
            ],
        )
        (row,) = open_sheet(changed).rows()
        return row

    return cells


def rewritten(source, target, changes):
    """A copy of a workbook in whose XML each pattern is replaced."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name).decode()
            for pattern, replacement in changes:
                content = re.sub(pattern, replacement.replace("\\", r"\\"), content, flags=re.DOTALL)
            new.writestr(name, content)
    return target


@pytest.mark.parametrize(
    ("number", "number_format", "text"),
    [
        ("919876543210", GENERAL, "919876543210"),
        ("9.1987654321E+11", GENERAL, "919876543210"),
        ("1234.0", "#,##0.00", "1234"),
        ("1234.5", '"₹"#,##0', "1234.5"),
        ("-0.0", GENERAL, "0"),
        ("0.30000000000000004", "0.00", "0.30000000000000004"),
        ("1E-7", GENERAL, "0.0000001"),
        ("-2.5E-10", GENERAL, "-0.00000000025"),
        ("999999999999999", "0", "999999999999999"),
        ("12", "00000", "00012"),
        ("-12", "00000", "-00012"),
        ("123456", "00000", "123456"),
        ("12.5", "000", "12.5"),
        ("7", "0", "7"),
        ("0.125", "0.0%", "12.5%"),
        ("0.125", "0%", "12.5%"),
        ("0.07", "0%", "7%"),
        ("1", "0.00%;[Red]-0.00%", "100%"),
        ("0", "0%", "0%"),
        ("0.5", '0.0" % of all"', "0.5"),
        ("45351", GENERAL, "45351"),
        ("46112", "dd/mm/yyyy", "2026-03-31"),
        ("46112", "[$-4009]d mmmm yyyy;@", "2026-03-31"),
        ("46112.4375", "dd/mm/yyyy", "2026-03-31 10:30:00"),
        ("46112.437499999", "dd/mm/yyyy hh:mm", "2026-03-31 10:30:00"),
        ("46112.43754456", "dd/mm/yyyy hh:mm", "2026-03-31 10:30:04"),
        ("46112.999999", "dd/mm/yyyy hh:mm", "2026-04-01"),
        ("2958465.999999", "dd/mm/yyyy hh:mm", "9999-12-31 23:59:59"),
        ("0.4375", "hh:mm", "10:30:00"),
        ("0.999999", "hh:mm", "23:59:59"),
        ("1.25", "[h]:mm", "30:00:00"),
        ("-0.0625", "[h]:mm:ss", "-1:30:00"),
        ("1", '0 "days"', "1"),
    ],
)
def test_a_number_is_its_exact_value_with_the_zeros_percent_or_date_of_its_format(
    cells, number, number_format, text
):
    row = cells(f'<c r="A1" s="1"><v>{number}</v></c>', styles=[number_format])
    assert row.texts == (text,)
    assert row.faults == {}


@pytest.mark.parametrize(
    ("number_format", "shown"),  # each as LibreOffice shows it, and as Excel's rules say
    [
        ('"HL-"00000', "HL-00123 HL-00000 -HL-00123 HL-12345678"),
        ('00000"-A"', "00123-A 00000-A -00123-A 12345678-A"),
        ("000-0000", "000-0123 000-0000 -000-0123 1234-5678"),
        (r"000\-0000", "000-0123 000-0000 -000-0123 1234-5678"),
        (r"\H\L00000", "HL00123 HL00000 -HL00123 HL12345678"),
        (r"\D\M00000", "DM00123 DM00000 -DM00123 DM12345678"),
        ('"A"000"B"0000"C"', "A000B0123C A000B0000C -A000B0123C A1234B5678C"),
        ("(000)0000000", "(000)0000123 (000)0000000 -(000)0000123 (001)2345678"),
        ("00:00", "01:23 00:00 -01:23 123456:78"),
        ('"0"0"0"0', "01203 0000 -01203 0123456708"),
        (r'\"00000"%"', '"00123% "00000% -"00123% "12345678%'),
        ('000"."000', "000.123 000.000 -000.123 12345.678"),
        ("[$€-407]000", "€123 €000 -€123 €12345678"),
        ("[$-4009]00000", "00123 00000 -00123 12345678"),
        ("00000;[Red]-00000;00000;@", "00123 00000 -00123 12345678"),
        ("[Blue]00000;(00000)", "00123 00000 -00123 12345678"),
        ('"a;b"00000;0', "a;b00123 a;b00000 -a;b00123 a;b12345678"),
        ("№000€", "№123€ №000€ -№123€ №12345678€"),
    ],
)
def test_zeros_and_the_letters_among_them_are_what_a_person_sees(cells, number_format, shown):
    xml = "".join(f'<c s="1"><v>{number}</v></c>' for number in (123, 0, -123, 12345678))
    row = cells(xml, styles=[number_format])
    assert row.texts == tuple(shown.split(" "))
    assert [cell.value for cell in row.cells] == [123, 0, -123, 12345678]


def test_blanks_among_zeros_are_seen_too(cells):
    row = cells('<c r="A1" s="1"><v>919876543210</v></c>', styles=["+00 00000 00000"])
    assert row.texts == ("+91 98765 43210",)


@pytest.mark.parametrize("number_format", ['"HL-"0.00', '"HL-"#,##0', '"HL-"0', "00/00", '00000" "?', "K000"])
def test_other_formats_with_letters_change_no_number(cells, number_format):
    assert cells('<c r="A1" s="1"><v>1234</v></c>', styles=[number_format]).texts == ("1234",)


@pytest.mark.parametrize(("number", "text"), [("12.5", "12.5"), ("1234567890123450", "1234567890123450")])
def test_a_number_that_zeros_would_round_or_that_is_not_exact_stays_bare(cells, number, text):
    assert cells(f'<c r="A1" s="1"><v>{number}</v></c>', styles=['"HL-"00000']).texts == (text,)


def test_dates_of_workbooks_that_count_from_1904_are_the_same_days(tmp_path):
    path = tmp_path / "mac.xlsx"
    with xlsxwriter.Workbook(path, {"date_1904": True, "default_date_format": "dd/mm/yyyy"}) as book:
        book.add_worksheet().write_row(0, 0, [date(2026, 3, 31), datetime(1904, 1, 2, 10, 30)])
    assert open_sheet(path).head()[0].texts == ("2026-03-31", "1904-01-02 10:30:00")


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        ('<c r="A1" t="s"><v>0</v></c>', "shared"),
        ('<c t="s"><v>0</v></c>', "shared"),
        ('<c r="A1" t="inlineStr"><is><t xml:space="preserve"> in line </t></is></c>', " in line "),
        ('<c r="A1" t="inlineStr"><is><r><t>Zo</t></r><r><rPr><b/></rPr><t>ë</t></r></is></c>', "Zoë"),
        ('<c r="A1" t="str"><f>A2</f><v>of a formula</v></c>', "of a formula"),
        ('<c r="A1" t="b"><v>1</v></c>', "TRUE"),
        ('<c r="A1" t="b"><f>1=2</f><v>0</v></c>', "FALSE"),
        ('<c r="A1"><f>1+1</f><v>2</v></c>', "2"),
        ('<c r="A1"><f>1-1</f><v>0</v></c>', "0"),
        ('<c r="A1" t="d"><v>2026-03-31</v></c>', "2026-03-31"),
        ('<c r="A1" t="d"><v>2026-03-31T10:30:00Z</v></c>', "2026-03-31 10:30:00"),
        ('<c r="A1" t="d"><v>10:30:00</v></c>', "10:30:00"),
        ('<c r="A1" t="inlineStr"><is><t>a_x000D_b</t></is></c>', "a\rb"),
        ('<c r="A1" t="str"><v>a_x005F_x000D_b_x005f_</v></c>', "a_x000D_b_"),
        ('<c r="A1" t="str"><v>_x005F_x_xD83D__xDE00_</v></c>', "_x😀"),
        ('<c r="A1" s="99"><v>12</v></c>', "12"),
    ],
)
def test_every_way_of_storing_a_cell_is_read(cells, xml, text):
    row = cells(xml)
    assert row.texts == (text,)
    assert row.faults == {}


@pytest.mark.parametrize(
    ("item", "text"),
    [
        ("<si><t>a_x005F_x000D_b</t></si>", "a_x000D_b"),
        ("<si><t>x005F_ stays</t></si>", "x005F_ stays"),
        ("<si><r><t>Asha </t></r><r><rPr><b/></rPr><t>Rao</t></r></si>", "Asha Rao"),
        ('<si><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="1"/></si>', "東京"),
        ("<si><t>two\r\nlines</t></si>", "two\nlines"),
    ],
)
def test_shared_texts_are_exact(cells, item, text):
    assert cells('<c r="A1" t="s"><v>0</v></c>', strings=item).texts == (text,)


@pytest.mark.parametrize(
    ("xml", "text", "fault"),
    [
        (
            '<c r="A1"><v>1234567890123450</v></c>',
            "1234567890123450",
            "stored as a number of 16 or more digits",
        ),
        (
            '<c r="A1"><v>9.19876543210123E+17</v></c>',
            "919876543210123000",
            "format the column as Text and type it",
        ),
        ('<c r="A1"><v>1E400</v></c>', "", "holds a number too large for Excel"),
        ('<c r="A1" t="e"><v>#N/A</v></c>', "#N/A", "holds Excel's error #N/A"),
        ('<c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "#DIV/0!", "holds Excel's error #DIV/0!"),
        ('<c r="A1" s="1"><v>20260331</v></c>', "20260331", "the number in it is no date"),
        ('<c r="A1" s="1"><v>-1</v></c>', "-1", "the number in it is no date"),
        ('<c r="A1"><f>B1&amp;C1</f></c>', "", "holds a formula whose result is not saved"),
        ('<c r="A1"><f>B1&amp;C1</f><v/></c>', "", "holds a formula whose result is not saved"),
        ('<c r="A1" t="str"><f>B1&amp;C1</f></c>', "", "holds a formula whose result is not saved"),
        ('<c r="A1"><f t="shared" si="0"/></c>', "", "holds a formula whose result is not saved"),
    ],
)
def test_a_cell_that_cannot_be_trusted_has_a_fault_and_is_never_blank(cells, xml, text, fault):
    row = cells(xml, styles=["dd/mm/yyyy"])
    assert row.texts == (text,)
    assert fault in row.faults[0]
    assert not row.is_blank


def test_a_formula_that_gives_an_empty_text_is_blank_and_no_fault(cells):
    row = cells('<c r="A1" t="str"><f>IF(TRUE,"","x")</f><v></v></c><c r="B1"><v>1</v></c>')
    assert row.texts == ("", "1")
    assert row.faults == {}


def test_a_zero_that_the_writing_program_only_guessed_is_a_fault(cells):
    row = cells('<c r="A1"><f>B1+1</f><v>0</v></c><c r="B1"><v>0</v></c>', calculation=' fullCalcOnLoad="1"')
    assert list(row.faults) == [0]


def test_cells_are_kept_as_stored_for_writing_them_again(tmp_path):
    path = tmp_path / "leads.xlsx"
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    stored: list[Stored] = [
        datetime(2026, 3, 31),
        12,
        0.125,
        "0091",
        True,
        None,
        "#N/A",
        time(10, 30),
        timedelta(hours=30),
        1.0,
    ]
    sheet.append(stored)
    formats = ["dd/mm/yyyy", "00000", "0.0%", "@", GENERAL, "@", GENERAL, "h:mm:ss", "[hh]:mm:ss", "0.00"]
    for cell, number_format in zip(sheet[1], formats, strict=True):
        cell.number_format = number_format
    book.save(path)
    (row,) = open_sheet(path).rows()
    assert row.cells == tuple(
        Cell(value, number_format, value == "#N/A")
        for value, number_format in zip(stored, formats, strict=True)
    )
    assert row.texts == (
        "2026-03-31",
        "00012",
        "12.5%",
        "0091",
        "TRUE",
        "",
        "#N/A",
        "10:30:00",
        "30:00:00",
        "1",
    )


def test_a_row_ends_at_its_last_filled_cell_whatever_is_coloured_beyond(tmp_path):
    path = tmp_path / "leads.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        coloured = book.add_format({"bg_color": "yellow"})
        sheet.write_row(1, 1, ["Email", "City"])
        for number in range(40):
            sheet.write_blank(number, 9, None, coloured)
            sheet.set_row(number, 30)
    assert [(row.number, row.texts, len(row.cells)) for row in open_sheet(path).rows()] == [
        (1, (), 0),
        (2, ("", "Email", "City"), 3),
    ]


def test_a_cell_in_the_last_corner_of_the_sheet_is_read(cells):
    row = cells('<c r="XFD1"><v>1</v></c>')
    assert len(row.texts) == 16_384
    assert row.texts[-1] == "1"


@pytest.mark.parametrize("dimension", ["A1", "A1:B1", "A1:XFD1048576", "B7:C9"])
def test_a_wrong_size_in_the_file_hides_nothing(workbook, tmp_path, dimension):
    source = workbook(Enquiries=[["Email", "City", "Phone"], ["a", "b", "c"]])
    change = ('<dimension ref="A1:C2"/>', f'<dimension ref="{dimension}"/>')
    path = rewritten(source, tmp_path / "wrong.xlsx", [change])
    assert [row.texts for row in open_sheet(path).rows()] == [("Email", "City", "Phone"), ("a", "b", "c")]


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="2"><c r="A2"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1"><c r="A1"><v>2</v></c></row>',
        '<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>',
        '<row r="99999999"><c r="A99999999"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>7</v></c></row>',
        '<row r="1"><c r="A1"><v>seven</v></c></row>',
    ],
)
def test_rows_that_contradict_each_other_are_damage(workbook, tmp_path, rows):
    source = workbook(Enquiries=[["Email"]])
    change = ("<sheetData>.*</sheetData>", f"<sheetData>{rows}</sheetData>")
    path = rewritten(source, tmp_path / "damaged.xlsx", [change])
    with pytest.raises(
        SheetError, match=r"damaged\.xlsx is damaged: .* \(open it in Excel, let Excel repair it"
    ):
        list(open_sheet(path).rows())


def test_the_first_visible_worksheet_with_data_is_read_and_the_others_are_named(tmp_path):
    path = tmp_path / "leads.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Cover")
        for title in ("Hidden", "Enquiries", "Old", "Older"):
            book.add_worksheet(title).write(0, 0, title)
        book.get_worksheet_by_name("Hidden").hide()
        chart = book.add_chart({"type": "bar"})
        chart.add_series({"values": "=Old!$A$1"})
        book.add_chartsheet("Chart").set_chart(chart)
    sheet = open_sheet(path)
    assert sheet.worksheet == "Enquiries"
    assert len(sheet.notices) == 1
    assert sheet.notices[0].startswith("Worksheet Enquiries is read")
    assert "left out: Old, Older (" in sheet.notices[0]
    assert sheet.head()[0].texts == ("Enquiries",)


def test_a_worksheet_is_found_by_name_as_excel_does_even_when_hidden(tmp_path):
    path = tmp_path / "leads.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Enquiries").write(0, 0, "shown")
        hidden = book.add_worksheet("Old Leads")
        hidden.write(0, 0, "hidden")
        hidden.very_hidden()
    sheet = open_sheet(path, Reading("old leads"))
    assert (sheet.worksheet, sheet.notices) == ("Old Leads", ())
    assert sheet.head()[0].texts == ("hidden",)


@pytest.mark.parametrize(
    ("worksheet", "sentence"),
    [
        ("Leads", r"leads\.xlsx has no worksheet 'Leads' \(it has Enquiries, Blank\)\."),
        ("Blank", r"leads\.xlsx, worksheet Blank: no cell is filled \(name another worksheet\)\."),
    ],
)
def test_a_worksheet_that_is_not_there_or_is_blank_is_refused(workbook, worksheet, sentence):
    path = workbook(Enquiries=[["Email"]], Blank=[["  "]])
    with pytest.raises(SheetError, match=sentence):
        open_sheet(path, Reading(worksheet))


def test_a_workbook_whose_only_data_is_hidden_says_so(tmp_path):
    path = tmp_path / "leads.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Cover")
        hidden = book.add_worksheet("Old")
        hidden.write(0, 0, "hidden")
        hidden.hide()
    with pytest.raises(SheetError, match=r"no filled cell in any visible worksheet \(hidden: Old; name one"):
        open_sheet(path)


def test_what_openpyxl_does_not_know_is_passed_over_without_a_warning(tmp_path):
    path = tmp_path / "leads.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "Email")
        sheet.data_validation("A2:A9", {"validate": "list", "source": ["a", "b"]})
        sheet.add_sparkline("F1", {"range": "Sheet1!A1:E1"})
        sheet.conditional_format("A1:A9", {"type": "data_bar", "data_bar_2010": True})
        sheet.set_header("&CPage")
        sheet.insert_textbox(4, 4, "text")
    assert open_sheet(path).head()[0].texts == ("Email",)


def test_broken_colours_and_properties_of_other_programs_do_no_harm(workbook, tmp_path):
    source = workbook(Enquiries=[["Email"]])
    colours = ("<fills.*</fills>", "<fills><fill/><fill><odd/></fill></fills>")
    created = ('(?<=W3CDTF">)[^<]*', "yesterday")
    path = rewritten(source, tmp_path / "other.xlsx", [colours, created])
    with pytest.raises((TypeError, ValueError)):
        openpyxl.load_workbook(path)
    assert open_sheet(path).head()[0].texts == ("Email",)


def test_a_workbook_without_styles_or_with_an_odd_worksheet_is_read(workbook, tmp_path):
    source = workbook(Enquiries=[["Email", 12]])
    without_styles = (r"<Override PartName=./xl/styles.xml.[^>]*>", "")
    odd_worksheet = ("</sheets>", '<sheet name="Odd" sheetId="9" r:id=""/></sheets>')
    path = rewritten(source, tmp_path / "bare.xlsx", [without_styles, odd_worksheet])
    assert open_sheet(path).head()[0].texts == ("Email", "12")


def test_a_longer_workbook_takes_no_more_memory(tmp_path):
    def peak(rows):
        path = tmp_path / f"{rows}.xlsx"
        with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
            sheet = book.add_worksheet()
            for number in range(rows):
                sheet.set_row(number, 30)
                sheet.write_number(number, 0, number)
        tracemalloc.start()
        assert sum(1 for _ in open_sheet(path).rows()) == rows
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    assert peak(20_000) < 2.5 * peak(2_000)


# What XML can hold; XlsxWriter escapes the control characters itself.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), max_size=12)
PIECES = st.lists(
    st.sampled_from(["_x000D_", "_x005F_", "x", "_", "\r", "\n", " ", "=1", "é", "😀"]), max_size=6
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.lists(TEXTS | PIECES.map("".join), max_size=4), min_size=1, max_size=5),
    inline=st.booleans(),
)
def test_every_text_comes_back_as_it_was_written(tmp_path, rows, inline):
    path = tmp_path / "leads.xlsx"
    written = [["Name"], *rows, ["end"]]
    with xlsxwriter.Workbook(path, {"constant_memory": inline}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(written):
            for column, text in enumerate(row):
                sheet.write_string(number, column, text)
    for row, texts in zip(open_sheet(path).rows(), written, strict=True):
        assert [*row.texts, *[""] * (len(texts) - len(row.texts))] == texts


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    numbers=st.lists(st.integers(-(10**15) + 1, 10**15 - 1) | st.floats(-1e14, 1e14), min_size=1, max_size=20)
)
def test_every_number_comes_back_as_it_was_written(cells, numbers):
    row = cells("".join(f"<c><v>{number!r}</v></c>" for number in numbers))
    assert [float(text) for text in row.texts] == numbers
    assert not any("e" in text or text.endswith(".0") for text in row.texts)
    assert row.faults == {}
