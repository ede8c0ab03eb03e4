"""Opening a sheet: what is refused and in which words, and what every sheet promises."""

import gzip
import hashlib
import io
import os
import re
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter  # type: ignore[import-untyped]

from importer.errors import SheetError
from importer.reading import Reading
from importer.sheet import open_sheet

OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def workbook_bytes(**worksheets):
    """A workbook with these worksheets, each a list of rows."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    for title, rows in worksheets.items():
        worksheet = workbook.create_sheet(title)
        for row in rows:
            worksheet.append(row)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def zip_bytes(**parts):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return stream.getvalue()


def shared_strings_bytes():
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as workbook:
        workbook.add_worksheet().write_column(0, 0, ["Email", "asha@example.com"])
    return stream.getvalue()


SHARED = shared_strings_bytes()
GOOD = workbook_bytes(Enquiries=[["Email"], ["asha@example.com"]])


def contents(at, number):
    """The good workbook, whose table of contents has this number at this place of the entry of each part."""
    entry = rb"(PK\x01\x02.{%d})" % (at - 4) + b"." * len(number)
    return re.sub(entry, lambda found: found[1] + number, GOOD, flags=re.DOTALL)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("empty.csv", b"", "empty.csv is empty: the file holds no bytes (export or save it again)."),
        ("blank.csv", b"\xef\xbb\xbf,,\r\n  \r\n", "blank.csv is empty: no cell is filled"),
        (
            "blank.xlsx",
            workbook_bytes(Sheet1=[]),
            "blank.xlsx holds no filled cell in any visible worksheet.",
        ),
        (
            "photo.xlsx",
            b"\x89PNG\r\n\x1a\n" + bytes(64),
            "photo.xlsx is a PNG picture (hand in the spreadsheet",
        ),
        ("photo.csv", b"\xff\xd8\xff\xe0" + bytes(64), "photo.csv is a JPEG picture"),
        ("scan.xlsx", b"%PDF-1.7\n", "scan.xlsx is a PDF (hand in the spreadsheet itself"),
        ("a.csv", gzip.compress(b"Email\n", mtime=0), "a.csv is a gzip archive (unpack it"),
        ("a.xlsx", zip_bytes(leads_dot_csv="Email\n"), "is a ZIP archive that holds leads.csv (unpack it"),
        ("a.xlsx", zip_bytes(word__document_dot_xml=""), "a.xlsx is a Word document"),
        (
            "a.xlsb",
            zip_bytes(xl__workbook_dot_bin=""),
            "a.xlsb is a binary Excel workbook (.xlsb), but damaged",
        ),
        (
            "a.ods",
            zip_bytes(mimetype="application/vnd.oasis.opendocument.spreadsheet", content_dot_xml=""),
            "a.ods is an OpenDocument spreadsheet (.ods), but damaged, or not as such a file should be (",
        ),
        ("a.ods", zip_bytes(content_dot_xml=""), "is an OpenDocument file, but no spreadsheet (hand in"),
        (
            "a.numbers",
            zip_bytes(Index__Document_dot_iwa=""),
            "an Apple Numbers or Pages document (export it as",
        ),
        (
            "a.xlsx",
            zip_bytes(
                xl__workbook_dot_xml='<workbook xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main"/>'
            ),
            "a.xlsx is a Strict Open XML Spreadsheet (open it in Excel and choose File > Save As",
        ),
        (
            "secret.xlsx",
            OLD_OFFICE + "EncryptedPackage".encode("utf-16-le"),
            "secret.xlsx is protected by a password (in Excel choose File > Info > Protect Workbook > "
            "Encrypt with Password, remove the password, save).",
        ),
        (
            "old.xls",
            OLD_OFFICE + "Workbook".encode("utf-16-le"),
            "old.xls is a workbook of Excel 97-2003 (.xls), but damaged, or not as such a file should be (",
        ),
        (
            "old.xlsx",
            OLD_OFFICE + "WordDocument".encode("utf-16-le"),
            "is an old Office file, but no workbook",
        ),
        (
            "a.xls",
            b"\xef\xbb\xbf\r\n<html><p>Log in",
            "a.xls is a web page (HTML) without a table, whatever its name says (open it in a browser",
        ),
        (
            "a.xls",
            "\ufeff<table><tr>".encode("utf-16"),
            "a.xls is a web page (HTML) with no filled cell in its",
        ),
        (
            "a.fods",
            b'<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"><table:table>',
            "a.fods is a flat OpenDocument file (open it in LibreOffice and save it as .xlsx)",
        ),
        (
            "a.xls",
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            "of Excel 2003",
        ),
        ("a.xls", b"MIME-Version: 1.0\r\n", "a.xls is a web archive (MHTML) (open it in Excel"),
        ("a.csv", bytes(range(256)) * 8, "a.csv is neither a workbook nor text"),
        ("a.csv", b"Email\n" + bytes(2000), "a.csv is neither a workbook nor text"),
        ("cut.xlsx", GOOD[: len(GOOD) // 2], "cut.xlsx is damaged or cut off (copy or download it again)."),
        ("x.xlsx", zip_bytes(_Content_Types_dot_xml=""), "ZIP archive"),
        ("big.xlsx", contents(20, b"\0\0\0\x40"), "big.xlsx is damaged or cut off (copy or download it"),
        (
            "odd.xlsx",
            contents(10, b"\x0e\0"),
            "odd.xlsx is a ZIP archive packed as no spreadsheet program does it (unpack it, and hand in",
        ),
        ("x.xlsx", GOOD.replace(b"[Content_Types].xml", b"[Content_Typos].xml"), "x.xlsx is a ZIP archive"),
    ],
)
def test_what_is_no_sheet_is_refused_in_one_sentence(tmp_path, name, content, sentence):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(SheetError) as refusal:
        open_sheet(path)
    assert sentence in str(refusal.value)
    assert str(refusal.value).endswith(").") or "holds no filled cell" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_missing_file_is_named_with_the_nearest_that_is_there(tmp_path):
    (tmp_path / "Leads March.xlsx").write_bytes(GOOD)
    (tmp_path / "~$Leads March.xlsx").write_bytes(b"x")
    with pytest.raises(
        SheetError, match=r"there is no file .*leads-march.xlsx \(did you mean Leads March.xlsx"
    ):
        open_sheet(tmp_path / "leads-march.xlsx")


def test_a_missing_file_in_a_missing_folder_says_so(tmp_path):
    with pytest.raises(SheetError, match=r"there is no folder .*nowhere \(check the path"):
        open_sheet(tmp_path / "nowhere" / "leads.csv")


def test_a_folder_is_no_sheet(tmp_path):
    with pytest.raises(SheetError, match=r"is a folder \(name the file in it"):
        open_sheet(tmp_path)


def test_the_lock_file_of_an_open_workbook_is_told_from_the_workbook(tmp_path):
    (tmp_path / "~$leads.xlsx").write_bytes(b"\x05Asha")
    with pytest.raises(SheetError, match=r"lock file .* \(hand in leads.xlsx, without the ~\$\)"):
        open_sheet(tmp_path / "~$leads.xlsx")


@pytest.mark.skipif(
    sys.platform == "win32" or getattr(os, "geteuid", int)() == 0, reason="nothing is forbidden to this user"
)
def test_a_file_that_may_not_be_read_says_to_close_it(tmp_path):
    path = tmp_path / "leads.csv"
    path.write_text("Email\n", encoding="utf-8")
    path.chmod(0)
    with pytest.raises(SheetError, match="if it is open in Excel, close it there"):
        open_sheet(path)


def test_a_file_that_the_system_cannot_open_says_why(tmp_path):
    with pytest.raises(SheetError, match=r"cannot be opened|there is no file"):
        open_sheet(tmp_path / ("x" * 5000))


def test_what_a_file_is_decides_and_not_its_name(tmp_path):
    (tmp_path / "really.csv").write_bytes(GOOD)
    (tmp_path / "really.xlsx").write_text("Email;City\nasha@example.com;Pune\n", encoding="utf-8")
    assert open_sheet(tmp_path / "really.csv").worksheet == "Enquiries"
    assert [row.texts for row in open_sheet(tmp_path / "really.xlsx").rows()] == [
        ("Email", "City"),
        ("asha@example.com", "Pune"),
    ]


@pytest.mark.parametrize(
    "part", ["[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"]
)
@pytest.mark.parametrize("damage", [b"", b"<", b"<workbook><sheets>", b"\xff\xfe\x00"])
def test_a_workbook_with_a_damaged_part_is_refused(tmp_path, part, damage):
    path = tmp_path / "leads.xlsx"
    with zipfile.ZipFile(io.BytesIO(SHARED)) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            target.writestr(name, damage if name == part else source.read(name))
    with pytest.raises(SheetError, match=r"leads\.xlsx is damaged"):
        open_sheet(path)


def test_every_cut_of_a_workbook_is_refused(tmp_path):
    path = tmp_path / "leads.xlsx"
    for length in range(4, len(GOOD), 97):
        path.write_bytes(GOOD[:length])
        with pytest.raises(SheetError):
            open_sheet(path)


def test_damage_in_the_middle_of_a_workbook_is_refused(tmp_path):
    path = tmp_path / "leads.xlsx"
    for place in range(40, len(GOOD) - 600, 61):
        path.write_bytes(GOOD[:place] + b"\xaa\xaa\xaa" + GOOD[place + 3 :])
        try:
            rows = list(open_sheet(path).rows())
        except SheetError:
            continue
        assert [row.texts for row in rows] == [("Email",), ("asha@example.com",)]


def test_a_csv_has_no_worksheets(tmp_path):
    path = tmp_path / "leads.csv"
    path.write_text("Email\n", encoding="utf-8")
    with pytest.raises(SheetError, match=r"has no worksheet 'Enquiries' \(leave the worksheet out\)"):
        open_sheet(path, Reading("Enquiries"))
    assert open_sheet(path).worksheet == ""


@pytest.mark.parametrize("name", ["leads.csv", "leads.xlsx"])
def test_rows_come_from_row_1_to_the_last_filled_one_with_blank_ones_between(tmp_path, name):
    rows = [[], ["Title"], [], ["Email", "", "City", ""], ["", "", ""], ["asha@example.com"], ["", ""], []]
    path = tmp_path / name
    csv_text = "\r\n".join(",".join(row) for row in rows)
    path.write_bytes(csv_text.encode() if name.endswith("csv") else workbook_bytes(Enquiries=rows))
    assert [(row.number, row.texts) for row in open_sheet(path).rows()] == [
        (1, ()),
        (2, ("Title",)),
        (3, ()),
        (4, ("Email", "", "City")),
        (5, ()),
        (6, ("asha@example.com",)),
    ]


def test_a_web_page_has_no_worksheets(tmp_path):
    path = tmp_path / "leads.xls"
    path.write_text("<table><tr><td>Email", encoding="utf-8")
    with pytest.raises(SheetError, match=r"is a web page and has no worksheet 'Enquiries' \(leave the"):
        open_sheet(path, Reading("Enquiries"))
    assert open_sheet(path).worksheet == ""


@pytest.mark.parametrize("name", ["leads.csv", "leads.xlsx"])
def test_every_pass_starts_anew_and_leaves_the_file_closed(tmp_path, name):
    path = tmp_path / name
    rows = [[f"user{number}@example.com"] for number in range(90)]
    content = "".join(f"{row[0]}\n" for row in rows).encode()
    path.write_bytes(content if name.endswith("csv") else workbook_bytes(Enquiries=rows))
    sheet = open_sheet(path)
    half = sheet.rows()
    assert next(half).number == 1
    assert [row.number for row in sheet.head()] == list(range(1, 51))
    assert [row.number for row in sheet.head(2)] == [1, 2]
    assert len(list(sheet.rows())) == len(list(sheet.rows())) == 90
    assert next(half).number == 2
    half.close()
    path.rename(tmp_path / "renamed")  # Windows refuses this while anything holds the file


def test_the_hash_is_of_the_bytes_in_the_file(tmp_path):
    path = tmp_path / "leads.xlsx"
    path.write_bytes(GOOD)
    sheet = open_sheet(path)
    assert sheet.sha256 == sheet.sha256 == hashlib.sha256(GOOD).hexdigest()


@pytest.mark.parametrize("look", [lambda sheet: list(sheet.rows()), lambda sheet: sheet.sha256])
def test_a_file_that_was_saved_again_meanwhile_is_not_mixed_with_the_old_one(tmp_path, look):
    path = tmp_path / "leads.csv"
    path.write_text("Email\nasha@example.com\n", encoding="utf-8")
    sheet = open_sheet(path)
    path.write_text("Email\nravi@example.com\nasha@example.com\n", encoding="utf-8")
    with pytest.raises(SheetError, match="was saved again after it was opened here"):
        look(sheet)


def test_the_path_is_kept_as_it_was_given(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("leads.csv").write_text("Email\n", encoding="utf-8")
    assert open_sheet(Path("leads.csv")).path == Path("leads.csv")
