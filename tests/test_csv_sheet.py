"""CSV files: no value changes or moves to another column, and row numbers are Excel's."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importer.csv_sheet import LONGEST_CELL
from importer.errors import SheetError
from importer.formulas import guard
from importer.records import MENDING_HEADINGS, RESULT_HEADINGS
from importer.sheet import open_sheet


@pytest.fixture
def read(tmp_path):
    """The texts of every row of a CSV file with this content."""

    def read(content):
        path = tmp_path / "leads.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return [row.texts for row in open_sheet(path).rows()]

    return read


@pytest.fixture
def notices(tmp_path):
    def notices(content):
        path = tmp_path / "leads.csv"
        path.write_bytes(content)
        return open_sheet(path).notices

    return notices


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("Email,City\na@example.com,Pune\n", [("Email", "City"), ("a@example.com", "Pune")]),
        ("Email,City\r\na@example.com,Pune", [("Email", "City"), ("a@example.com", "Pune")]),
        ("Email,City\ra@example.com,Pune\r", [("Email", "City"), ("a@example.com", "Pune")]),
        ("Email;City\nx;1,5\ny;2,5\n", [("Email", "City"), ("x", "1,5"), ("y", "2,5")]),
        (
            "Full Name\tCity, State\nAsha Rao\tPune, MH\n",
            [("Full Name", "City, State"), ("Asha Rao", "Pune, MH")],
        ),
        ("Full Name|Phone\nAsha Rao|+91 98\n", [("Full Name", "Phone"), ("Asha Rao", "+91 98")]),
        ("Email\nasha@example.com\n", [("Email",), ("asha@example.com",)]),
        ('"A","B","C"\n"",";0"\n"",";0"\n"",";0"\n', [("A", "B", "C"), *[("", ";0")] * 3]),
        ('"Name; first","City"\n"a;b;c","x"\n', [("Name; first", "City"), ("a;b;c", "x")]),
        ("sep=;\nEmail;City\n1,2;3,4\n", [("Email", "City"), ("1,2", "3,4")]),
        ('"SEP=^"\r\nEmail^City\r\nx,y^z\r\n', [("Email", "City"), ("x,y", "z")]),
        ("sep=\t\nEmail\tCity\n", [("Email", "City")]),
        ('Note,City\n"two\nlines",Pune\nx,y\n', [("Note", "City"), ("two\nlines", "Pune"), ("x", "y")]),
        ('Note,City\r\n"a\r\n\r\nb, ""c""",Pune\r\n', [("Note", "City"), ('a\r\n\r\nb, "c"', "Pune")]),
        ("A,B\n1,2,3\n4\n5,6\n", [("A", "B"), ("1", "2", "3"), ("4",), ("5", "6")]),
        ("A,B,\n1,2,\n3,,\n", [("A", "B"), ("1", "2"), ("3",)]),
        ("A,B\n,x\n", [("A", "B"), ("", "x")]),
        ("<b>Name</b>,City\nx,y\n", [("<b>Name</b>", "City"), ("x", "y")]),
        ("A,B\nx\0y,z\n", [("A", "B"), ("x\0y", "z")]),
        ('A,B\n "x",5" disk\n', [("A", "B"), (' "x"', '5" disk')]),
        ("A,B\n 007 ,NULL\n", [("A", "B"), (" 007 ", "NULL")]),
        ("A,B\n'=x,=1+1\n", [("A", "B"), ("'=x", "=1+1")]),
        ("A,B\nx\x0by,a\u2028b\x85c\n", [("A", "B"), ("x\x0by", "a\u2028b\x85c")]),
    ],
)
def test_cells_stand_where_they_stood_exactly_as_typed(read, content, rows):
    assert read(content) == rows


def test_blank_lines_count_and_a_quoted_line_break_does_not(tmp_path):
    path = tmp_path / "leads.csv"
    path.write_text('A,B\n\n"x\ny",1\n\n\nz,2\n\n', encoding="utf-8")
    assert [(row.number, row.texts) for row in open_sheet(path).rows()] == [
        (1, ("A", "B")),
        (2, ()),
        (3, ("x\ny", "1")),
        (4, ()),
        (5, ()),
        (6, ("z", "2")),
    ]


def test_a_sep_line_is_no_row_as_in_excel(tmp_path):
    path = tmp_path / "leads.csv"
    path.write_text("sep=;\nA;B\nx;y\n", encoding="utf-8")
    assert [row.number for row in open_sheet(path).rows()] == [1, 2]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('A,B\n\nx,y\nz,"open\n1,2\n', r'row 4: a quote \("\) opens in this row and is never closed \('),
        ('sep=,\nA,B\nx,"open\n', r"row 2: a quote .* never closed"),
        (
            'A,B\nx,"open\n1,"2"\n',
            r"row 2: a quote .* closes in the middle of a cell \(put quotes that belong",
        ),
        ('A,B\n1,2\nx,"24" screen"\n', r"row 3: a quote .* closes in the middle of a cell"),
        (f'A,B\nx,"{"y" * (LONGEST_CELL + 1)}"\n', r"row 2: a cell is longer than 1,000,000 characters"),
    ],
)
def test_a_quote_that_does_not_close_well_is_named_by_the_row_where_it_opens(read, content, sentence):
    with pytest.raises(SheetError, match=rf"leads\.csv, {sentence}"):
        read(content)


def test_a_very_long_cell_is_read(read):
    assert read(f"A,B\nx,{'y' * 500_000}\n")[1][1] == "y" * 500_000


NAMES = "Name,City\nJosé,São Paulo\nŁukasz,Łódź\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_is_read_without_a_word(read, notices, encoding):
    assert read(NAMES.encode(encoding)) == [("Name", "City"), ("José", "São Paulo"), ("Łukasz", "Łódź")]
    assert notices(NAMES.encode(encoding)) == ()


@pytest.mark.parametrize(
    ("encoding", "cells", "taken"),
    [
        ("cp1252", ["José’s", "São Paulo", "Zoë"], "Windows-1252"),
        ("cp1250", ["Łukasz Żółć", "Kraków", "Dvořák"], "Windows-1250"),
        ("cp1251", ["Иван Петров", "Москва", "Санкт-Петербург"], "Windows-1251"),
        ("shift_jis", ["山田太郎", "東京", "名前"], "CP932"),
        ("gb18030", ["张三", "北京", "上海"], "GB18030"),
        ("utf-16-le", ["Zoë", "Malmö", "Asha"], "utf-16-le"),
    ],
)
def test_another_encoding_is_guessed_and_shown_with_names(read, notices, encoding, cells, taken):
    content = "\n".join(["Name,City", *(f"{cell},x" for cell in cells), ""]).encode(encoding)
    assert [texts[0] for texts in read(content)] == ["Name", *cells]
    (notice,) = notices(content)
    assert f"taken as {taken}, which reads A2: {cells[0]!r}" in notice
    assert "save it in Excel as 'CSV UTF-8" in notice


def test_the_first_foreign_letter_may_stand_far_down(read, notices):
    content = b"Name,City\n" + b"Asha Rao,Pune\n" * 9000 + "Łukasz Żółć,Kraków\n".encode("cp1250")
    assert read(content)[-1] == ("Łukasz Żółć", "Kraków")
    assert len(notices(content)) == 1


@pytest.mark.parametrize("content", [b"\xef\xbb\xbfName\nJos\xe9\n", b"\xff\xfeN\0a\0m"])
def test_bytes_that_are_no_text_in_any_encoding_are_refused(read, content):
    with pytest.raises(SheetError, match="neither a workbook nor text that can be read"):
        read(content)


def test_formula_guards_are_undone_in_a_result_of_ours(read):
    texts = ["=1+1", "'=1", "+91 98765", "-x", "@a", "O'Neil", "'quoted'"]
    rows = [[""], ["'=Title"], ["Note", *RESULT_HEADINGS], *([guard(text), "Created"] for text in texts)]
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows(rows)
    read_back = read(stream.getvalue().encode("utf-8-sig"))
    assert read_back[1] == ("=Title",)
    assert [row[0] for row in read_back[3:]] == texts


def test_guards_in_a_sheet_of_somebody_else_stay(read):
    headings = ",".join(["Note", *reversed(MENDING_HEADINGS)])
    assert read(f"{headings}\n'=1,x\n")[1] == ("'=1", "x")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.lists(st.text(st.characters(codec="utf-8"), max_size=12), max_size=5), max_size=8),
    delimiter=st.sampled_from(",;\t|"),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8-sig", "utf-16"]),
)
def test_every_text_comes_back_as_it_was_written(tmp_path, rows, delimiter, line_end, encoding):
    stream = io.StringIO(newline="")
    written = [["Name", "City", "Phone"], *rows, ["a", "b", "c"]]
    csv.writer(stream, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL).writerows(written)
    path = tmp_path / "leads.csv"
    path.write_bytes(stream.getvalue().encode(encoding))
    for row, cells in zip(open_sheet(path).rows(), written, strict=True):
        padded = [*row.texts, *[""] * (len(cells) - len(row.texts))]
        assert padded == cells
