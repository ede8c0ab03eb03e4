"""What a spreadsheet calls its columns and cells."""


def column_letter(place: int) -> str:
    """A column as the spreadsheet names it: 0 → `A`, 26 → `AA`."""
    letters = ""
    while place >= 0:
        place, letter = divmod(place, 26)
        letters, place = chr(ord("A") + letter) + letters, place - 1
    return letters


def column_number(letters: str) -> int:
    """The other way round: `A` → 0, `AA` → 26."""
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def cell_name(column: int, row: int) -> str:
    """A cell's address, `C17`."""
    return f"{column_letter(column)}{row}"


def on_worksheet(worksheet: str, place: str) -> str:
    """`Enquiries!C17`, as Excel's Name Box takes it; the place alone where it is no cell of a worksheet."""
    if not worksheet or not place[-1:].isdecimal() or " " in place:
        return place
    is_plain = worksheet.isidentifier()
    quoted = worksheet if is_plain else "'" + worksheet.replace("'", "''") + "'"
    return f"{quoted}!{place}"
