"""The encoding of a CSV that does not name it: guessed where it can be known, and shown by its letters."""

import itertools

import pytest

from importer.sheet import open_sheet

WESTERN = (
    "José Muñoz,Begoña Núñez,Zoë Müller,François Lefèvre,Jürgen Groß,Søren Østergård,Åsa Öberg,"
    "João Gonçalves,Hélène Dubois,Peña Ibáñez,André Côté,Björn Ström,Asha Rao,Tom Smith"
)
SPANISH = "José Muñoz,Begoña Núñez,Peña Ibáñez,Mónica Ávila,Jesús Martín,Ana López,Asha Rao,Ramón Gómez"
CZECH = "Jiří Dvořák,Zdeněk Šťastný,Tereza Nováková,Petr Černý,Matěj Růžička,Jan Novák,Marie Němcová"
POLISH = "Łukasz Żółć,Agnieszka Wiśniewska,Małgorzata Zając,Krzysztof Dąbrowski,Michał Woźniak,Jan Kowalski"
HUNGARIAN = "Gergő Kőrösi,István Szűcs,Ágnes Tóth,Zoltán Nagy,László Kovács,Erzsébet Szabó,Gábor Németh"
RUSSIAN = "Иван Петров,Анна Смирнова,Сергей Кузнецов,Ольга Иванова,Дмитрий Попов,Елена Соколова,Юлия Зайцева"
JAPANESE = "山田太郎,佐藤花子,鈴木一郎,高橋健,田中美咲,伊藤さくら,渡辺直樹,中村愛,小林誠,加藤ゆい"
CHINESE = "张三,李四,王小明,赵丽,陈建国,刘洋,杨帆,黄伟,周杰,吴秀英,徐静"

KNOWN = [
    *itertools.product([3, 30, 300], ["cp1252"], [WESTERN, SPANISH]),
    *itertools.product([3, 30, 300], ["cp1250"], [CZECH, POLISH]),
    *itertools.product([30, 300], ["cp1250"], [HUNGARIAN]),
    *itertools.product([3, 30, 300], ["cp1251"], [RUSSIAN]),
    *itertools.product([3, 30, 300], ["shift_jis"], [JAPANESE]),
    *itertools.product([3, 30, 300], ["gb18030"], [CHINESE]),
    *itertools.product([3, 30, 300], ["mac_roman"], [WESTERN, SPANISH]),
]


def sheet_of(path, names, encoding, rows):
    """A sheet of so many rows, with these names again and again."""
    shown = itertools.islice(itertools.cycle(names), rows)
    lines = [f"{name},p{row}@example.com" for row, name in enumerate(shown)]
    path.write_bytes("\n".join(["Name,Email", *lines, ""]).encode(encoding))
    return open_sheet(path)


@pytest.mark.parametrize(("rows", "encoding", "names"), KNOWN, ids=lambda value: str(value)[:10])
def test_names_are_read_as_they_were_written(tmp_path, rows, encoding, names):
    sheet = sheet_of(tmp_path / "leads.csv", names.split(","), encoding, rows)
    read = [row.texts[0] for row in sheet.rows()][1:]
    assert read == list(itertools.islice(itertools.cycle(names.split(",")), rows))


@pytest.mark.parametrize("name", ["José Muñoz", "François Lefèvre", "Begoña Núñez", "Peña"])
def test_a_single_western_name_is_not_taken_for_an_eastern_one(tmp_path, name):
    sheet = sheet_of(tmp_path / "leads.csv", [name], "cp1252", 1)
    assert sheet.head()[1].texts[0] == name


def test_dirt_among_the_letters_does_not_keep_them_from_being_read(tmp_path):
    path = tmp_path / "leads.csv"
    names = [*POLISH.split(","), "Zoë\0", "\x01José"]
    for encoding, read in (("cp1250", names[:-2]), ("cp1252", names[-2:])):
        lines = [f"{name},p@example.com\0" for name in read]
        path.write_bytes("\n".join(["Name,Email", *lines, ""]).encode(encoding))
        assert [row.texts[0] for row in open_sheet(path).rows()][1:] == read


def test_what_cannot_be_known_can_be_seen(tmp_path):
    sheet = sheet_of(tmp_path / "leads.csv", HUNGARIAN.split(","), "cp1250", 3)
    (notice,) = sheet.notices
    assert "taken as Windows-1252, which reads A2: 'Gergõ Kõrösi'," in notice  # and not Gergő Kőrösi


def test_at_most_three_cells_are_shown_each_with_another_foreign_letter(tmp_path):
    cells = ["Zoë", "Noë", "André", "Zoé", "Peña", "Jürgen"]
    (notice,) = sheet_of(tmp_path / "leads.csv", cells, "cp1252", 6).notices
    assert "which reads A2: 'Zoë', A4: 'André', A6: 'Peña' (if that looks wrong" in notice


def test_a_cell_is_named_as_a_spreadsheet_shows_it(tmp_path):
    path = tmp_path / "leads.csv"
    path.write_bytes('sep=;\nNote;Name\n"two\nlines";x\n\n;José\n'.encode("cp1252"))
    (notice,) = open_sheet(path).notices
    assert "which reads B4: 'José' (" in notice


def test_of_a_long_text_no_more_is_shown_than_a_message_holds(tmp_path):
    (notice,) = sheet_of(tmp_path / "leads.csv", ["é" + "x" * 100, "x" * 100 + "ü"], "cp1252", 2).notices
    assert f"which reads A2: 'é{'x' * 59}…' (" in notice


def test_where_no_cell_can_show_it_the_notice_shows_none(tmp_path):
    (notice,) = sheet_of(tmp_path / "leads.csv", ["x" * 100 + "ü"], "cp1252", 1).notices
    assert "which reads" not in notice
