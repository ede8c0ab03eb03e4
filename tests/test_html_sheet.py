"""Web pages called .xls: the largest table, no value in another column, each cell as a browser shows it."""

import tracemalloc
from html import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importer.cell_text import MERGED
from importer.errors import SheetError
from importer.html_table import LONGEST_CELL, NESTED
from importer.sheet import open_sheet


@pytest.fixture
def page(tmp_path):
    """The sheet in a web page with this content."""

    def page(content):
        path = tmp_path / "leads.xls"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return open_sheet(path)

    return page


def texts(sheet):
    return [row.texts for row in sheet.rows()]


def faults(sheet):
    return {row.number: dict(row.faults) for row in sheet.rows() if row.faults}


def test_a_page_that_a_program_exports_is_read(page):
    sheet = page(
        """<!DOCTYPE html>
        <html><head><title>Leads</title><style>td { color: red }</style></head><body><h1>Leads</h1>
        <TABLE border=1>
          <caption>All of March</caption><colgroup><col><col></colgroup>
          <thead><tr><th>Email</th><th>Mobile</th><th>Note</th></tr></thead>
          <tbody>
            <tr><td><a href="mailto:asha@example.com">asha@example.com</a></td><td>0091</td><td></td></tr>
            <tr/><tr><td>ravi@example.com</td><td>+91 98</td><td>1 &lt; 2 &amp; caf&eacute; &#8377;5</td></tr>
          </tbody>
        </TABLE><p>Page 1</p></body></html>"""
    )
    assert [(row.number, row.texts) for row in sheet.rows()] == [
        (1, ("Email", "Mobile", "Note")),
        (2, ("asha@example.com", "0091")),
        (3, ()),
        (4, ("ravi@example.com", "+91 98", "1 < 2 & café ₹5")),
    ]
    assert faults(sheet) == {}
    assert all(row.cells == () for row in sheet.rows())
    assert sheet.notices == ("leads.xls is a web page (HTML), whatever its name says: its table is read.",)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("  two\n\t words  ", "two words"),
        ("two<br>lines", "two\nlines"),
        ("a <br/> <br> b", "a\n\nb"),
        ("<div>a</div><div>b<br></div><p>c</p>", "a\nb\nc"),
        ("<ul><li>a<li>b</ul>", "a\nb"),
        ("<b>A</b>sha <i> Rao</i>", "Asha Rao"),
        ("&nbsp;", ""),
        ("a&nbsp;b", "a\u00a0b"),
        ("x<script>document.write('<td>y</td>')</script><style>p{}</style>z", "xz"),
        ("x<script src='a.js'/>z", "xz"),
        ("x</td> lost <!-- and found -->", "x"),
        ("x<!-- <td>hidden</td> -->", "x"),
        ("<![if !supportMisalignedColumns]>x<![endif]>", "x"),
        ("x<![if]><![endif]><![ 5><![y[z]>", "x"),
        ("&#x1F600;&unknown; & 5 < 6", "😀&unknown; & 5 < 6"),
        ("=1+1", "=1+1"),
        ("'0091", "'0091"),
    ],
)
def test_a_cell_is_what_a_browser_shows(page, cell, text):
    assert texts(page(f"<table><tr><td>A</td><td>{cell}</td><td>end</td></tr></table>")) == [
        ("A", text, "end")
    ]


@pytest.mark.parametrize(
    "markup",
    [
        "<table><tr><td>A<td>B<tr><td>C<td>D</table>",
        "<table><td>A</td><td>B</td></tr><tr><td>C</td><td>D",
        "<table><tbody><tr><td/>A<td/>B</tbody><tbody><tr><td>C</td><th>D</th></tbody></table>",
        "<table><tr><td colspan=x rowspan=-2>A</td><td colspan='0'>B</td></tr><tr><td>C<td>D</table>",
    ],
)
def test_tags_that_are_left_out_are_understood_as_a_browser_does(page, markup):
    assert texts(page(markup)) == [("A", "B"), ("C", "D")]


def test_no_value_shifts_where_cells_span_columns_and_rows(page):
    sheet = page(
        """<table>
        <tr><td colspan=4>Leads of March</td></tr>
        <tr><th rowspan=2>Branch</th><th colspan=2>Contact</th><th>City</th></tr>
        <tr><th>Email</th><th>Mobile</th><th></th></tr>
        <tr><td rowspan=3>Pune</td><td>asha@example.com</td><td>1</td><td>x</td></tr>
        <tr><td colspan=2>ravi@example.com</td><td>y</td></tr>
        <tr><td colspan="2"></td><td>z</td></tr>
        <tr><td>Goa</td><td rowspan=2 colspan=2>both</td><td>w</td></tr>
        <tr><td>Delhi</td><td>v</td></tr>
        </table>"""
    )
    assert texts(sheet) == [
        ("Leads of March",),
        ("Branch", "Contact", "", "City"),
        ("", "Email", "Mobile"),
        ("Pune", "asha@example.com", "1", "x"),
        ("", "ravi@example.com", "", "y"),
        ("", "", "", "z"),
        ("Goa", "both", "", "w"),
        ("Delhi", "", "", "v"),
    ]
    assert faults(sheet) == {
        5: {0: MERGED, 2: MERGED},
        6: {0: MERGED},
        7: {2: MERGED},
        8: {1: MERGED, 2: MERGED},
    }


def test_a_cell_that_reaches_down_for_ever_ends_with_its_part_of_the_table(page):
    sheet = page(
        """<table><tbody><tr><td rowspan=0>a</td><td>1</td></tr><tr><td>2</td></tr></tbody>
        <tbody><tr><td>b</td><td rowspan=999999999999>3</td></tr></tbody>
        <tfoot><tr><td>c</td><td>4</td></tr></table>"""
    )
    assert texts(sheet) == [("a", "1"), ("", "2"), ("b", "3"), ("c", "4")]
    assert faults(sheet) == {2: {0: MERGED}}


def test_spans_that_begin_in_any_order_leave_no_cell_on_top_of_another(page):
    sheet = page(
        "<table><tr><td>1</td><td rowspan=3>2</td><td>3</td></tr><tr><td rowspan=2>4</td><td>5</td></tr>"
        "<tr><td>6</td></tr><tr><td>7</td><td>8</td></tr></table>"
    )
    assert texts(sheet) == [("1", "2", "3"), ("4", "", "5"), ("", "", "6"), ("7", "8")]


def test_the_head_of_a_table_misses_nothing_in_whatever_cells(page):
    sheet = page(
        "<table><thead><tr><td>Branch</td><td colspan=2>Contact</td><td>City</td></tr></thead></table>"
    )
    assert (texts(sheet), faults(sheet)) == ([("Branch", "Contact", "", "City")], {})


def test_a_merged_cell_beyond_the_last_value_is_a_fault_too(page):
    sheet = page("<table><tr><td>a</td><td colspan=2>b</td></tr></table>")
    assert (texts(sheet), faults(sheet)) == ([("a", "b", "")], {1: {2: MERGED}})


def test_the_largest_table_is_read_and_named(page):
    sheet = page(
        "<table><tr><td>menu</td></tr></table>"
        "<table><tr><td>Email</td></tr><tr><td>asha@example.com</td></tr></table>"
        "<table><tr><td></td><td></td><td>1</td></tr></table>"
    )
    assert texts(sheet) == [("Email",), ("asha@example.com",)]
    assert sheet.notices == (
        "leads.xls is a web page (HTML), whatever its name says: its largest table, number 2 of 3, is read.",
    )


def test_of_two_tables_of_one_size_the_first_is_read(page):
    assert texts(page("<table><tr><td>a</table><table><tr><td>b</table>")) == [("a",)]


def test_a_table_within_a_table_of_layout_is_found(page):
    sheet = page(
        "<table><tr><td>logo</td></tr><tr><td>"
        "<table><tr><td>Email</td><td>City</td></tr><tr><td>x</td><td>Pune</td></tr></table>"
        "</td></tr></table>"
    )
    assert texts(sheet) == [("Email", "City"), ("x", "Pune")]


def test_a_table_within_a_cell_is_a_fault_of_that_cell(page):
    sheet = page(
        "<table><tr><td>Email</td><td>Mobile</td><td>City</td></tr>"
        "<tr><td>x</td><td>1<table><tr><td>2</td></tr></table>3</td><td>Pune</td></tr></table>"
    )
    assert texts(sheet) == [("Email", "Mobile", "City"), ("x", "13", "Pune")]
    assert faults(sheet) == {2: {1: NESTED}}


NAMES = "<table><tr><td>Name</td></tr><tr><td>José</td></tr><tr><td>Łukasz</td></tr></table>"


@pytest.mark.parametrize(
    ("encoding", "head"),
    [
        ("utf-8", ""),
        ("utf-8-sig", '<meta charset="iso-8859-2">'),
        ("utf-16", "<meta charset=utf-16>"),
        ("cp1250", '<meta http-equiv=Content-Type content="text/html; charset=windows-1250">'),
        ("iso-8859-2", "<META CHARSET='ISO-8859-2'>"),
        ("utf-8", "<meta charset=utf-16>"),
        ("utf-8", "<meta charset=unheard-of>"),
        ("utf-8", "<meta charset=us-ascii>"),
        ("utf-8", "<meta charset=hex>"),
        ("utf-8", "<meta charset=base64>"),
        ("utf-8", "<meta charset=undefined>"),
    ],
)
def test_letters_are_right_in_the_encoding_of_the_page(page, encoding, head):
    sheet = page(f"<html>{head}{NAMES}".encode(encoding))
    assert texts(sheet) == [("Name",), ("José",), ("Łukasz",)]
    assert len(sheet.notices) == 1


def test_the_western_encoding_is_the_one_of_windows_as_in_a_browser(page):
    sheet = page("<html><meta charset=iso-8859-1><table><tr><td>José’s €5".encode("cp1252"))
    assert texts(sheet) == [("José’s €5",)]


def test_an_encoding_that_is_guessed_is_shown_with_names(page):
    rows = "\n".join(f"<tr><td>{name}</td></tr>" for name in ("Name", "José’s", "São Paulo", "Zoë"))
    sheet = page(f"<table>{rows}</table>".encode("cp1252"))
    assert texts(sheet)[1] == ("José’s",)
    assert "taken as Windows-1252, which reads A2: 'José’s', A3: 'São Paulo'" in sheet.notices[1]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("<html><p>Please log in</html>", r"without a table, whatever its name says \(open it in a browser"),
        ("<table><tr><td>&nbsp;</td></tr></table>", r"with no filled cell in its tables \(export it"),
        (
            "<table><tr><td>x</td><td colspan=1000000000>y</td></tr></table>",
            r"cannot be read: row 1 of its table is wider than 16,384 columns \(open it in Excel",
        ),
        (
            f"<table><tr><td>x</td></tr>{'<tr><td colspan=9000>x</td><td colspan=9000>x</td></tr>'}",
            r"cannot be read: row 2 of its table is wider",
        ),
        (
            f"<table><tr><td>{'y' * (LONGEST_CELL + 1)}</td></tr></table>",
            r"cannot be read: row 1 of its table has a cell of more than 1,000,000 characters \(open",
        ),
        ("<table><tr><td>x<!--" + "y" * 3_000_000, r"is very long or never closes \(open it in Excel"),
    ],
)
def test_a_page_that_cannot_be_read_is_refused_in_one_sentence(page, content, sentence):
    with pytest.raises(SheetError, match=rf"leads\.xls is a web page .*{sentence}.*\)\.\Z"):
        page(content)


def test_spans_as_far_as_they_go_take_no_memory_row_by_row(page):
    row = "<tr><td>a</td><td colspan=16383 rowspan=999999999></td></tr>"
    content = f"<table>{row}{'<tr><td>x</td></tr>' * 2000}</table>"
    sheet = page(content)
    tracemalloc.start()
    count = sum(1 for _ in sheet.rows())
    size = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 2001
    assert size < 2_000_000


def test_a_longer_page_takes_no_more_memory(page):
    def peak(rows):
        sheet = page("<table>" + "<tr><td>asha@example.com</td><td>Pune</td></tr>" * rows + "</table>")
        tracemalloc.start()
        assert sum(1 for _ in sheet.rows()) == rows
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    assert peak(15_000) < 1.5 * peak(5_000)


def test_every_pass_starts_anew(page):
    sheet = page("<table>" + "<tr><td>x</td></tr>" * 200 + "</table>")
    half = sheet.rows()
    assert next(half).number == 1
    assert len(list(sheet.rows())) == len(list(sheet.rows())) == 200
    half.close()


# What HTML can say in characters of its own; white space is the browser's to change.
TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Z"]) | st.sampled_from("<>&\"' "), max_size=12
).map(lambda text: " ".join(text.split(" ")).strip())


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(TEXTS, max_size=4), min_size=1, max_size=5))
def test_every_text_comes_back_as_it_was_written(page, rows):
    written = [["Name", "City", "Phone", "Note"], *rows, ["end"]]
    lines = ("".join(f"<td>{escape(text)}</td>" for text in row) for row in written)
    sheet = page("<table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>")
    for row, cells in zip(sheet.rows(), written, strict=True):
        shown = [" ".join(filter(None, text.split(" "))) for text in cells]
        assert [*row.texts, *[""] * (len(cells) - len(row.texts))] == shown
