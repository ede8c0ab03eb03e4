"""The sheet that is measured: 15 columns of enquiries, the same for the same number of rows.

`python -m tests.bench.sheets ROWS FILE FAULTY` writes one, as the file's ending says. A process of its own,
since what a process has used before counts as memory of those that it starts.
"""

import csv
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

MAPPING = """\
version: 1
name: Benchmark
day_first: true
lead:
  search_by: EmailAddress
  attributes:
    EmailAddress: {column: Email, kind: email, required: true}
    Mobile: {column: Mobile, kind: phone, region: IN, required: true}
    Phone: {column: Phone, kind: phone, region: IN}
    FirstName: {column: First Name, required: true}
    LastName: Last Name
    mx_Date_of_Birth: {column: Date of Birth, kind: date}
    mx_City: City
    mx_Zip: Pin Code
opportunity:
  event_code: 12000
  note: "{Campaign}, branch {Branch}"
  fields:
    mx_Custom_1:
      {column: Product, kind: choice, required: true, choices: [Home loan, Personal loan, Car loan]}
    mx_Custom_2: {column: Application No, required: true}
    mx_Custom_3: {column: Enquired On, kind: date, required: true}
    mx_Custom_5: {column: Amount, kind: number, min: 1}
    mx_Custom_6: Remark
"""

HEADINGS = (
    *("Application No", "First Name", "Last Name", "Email", "Mobile", "Phone", "Date of Birth", "City"),
    *("Pin Code", "Product", "Amount", "Enquired On", "Campaign", "Branch", "Remark"),
)
PRODUCTS = ("Home loan", "Personal loan", "Car loan")
ISO, DAY_FIRST = "%Y-%m-%d", "%d/%m/%Y"
LAYOUTS = {"Date of Birth": DAY_FIRST, "Enquired On": ISO}

# What no reader takes; a required cell may be blank instead.
FAULTS = {
    "First Name": ("", ""),
    "Email": ("asha.example.com", "ravi@", "asha..rao@example.com", "not given", ""),
    "Mobile": ("12345", "98765 4321", "call the office", "+91 98765 43210 99", ""),
    "Phone": ("12345", "080 23", "same as above"),
    "Date of Birth": ("31/02/1990", "unknown", "13/13/1985"),
    "Product": ("Hme loan", "Gold loan", ""),
    "Amount": ("12 lakh", "-5000", "tbd"),
    "Enquired On": ("2026-02-30", "tomorrow", ""),
}

FIRST = (
    *("Asha", "Ravi", "Meera", "Arjun", "Fatima", "José", "Priya", "Søren", "Lakshmi", "Imran", "Zoë"),
    *("Kavya", "Rohan", "Ananya", "Vikram", "Neha", "Farhan", "Divya", "Joseph", "Sunita"),
)
LAST = (
    *("Rao", "Sharma", "Iyer", "Khan", "Patel", "D'Souza", "Nair", "Muñoz", "Reddy", "Singh", "Bose"),
    *("Fernandes", "Gupta", "Menon", "Das", "Joshi", "Kulkarni", "Pillai", "Verma", "Thomas"),
)
CITIES = ("Mumbai", "Bengaluru", "Pune", "Delhi", "Chennai", "Kochi", "Hyderabad", "Thiruvananthapuram")
DOMAINS = ("example.com", "example.org", "example.net", "mail.example.com", "example.co.in", "example.in")
CAMPAIGNS = ("Spring fair", "Website", "Newspaper, Sunday edition", 'Radio "Good Morning"', "Referral")
REMARKS = ("", "", "Call after 6 pm", "Wants a visit; speaks Kannada", "Two enquiries,\none family")


def rows(count: int, faulty: float = 0.01) -> Iterator[tuple[str, ...]]:
    """That many rows; each cell of the columns in FAULTS is a faulty one with the probability `faulty`."""
    chance = Random(count)  # noqa: S311 (no secret, and to be the same each time)
    spoilt = [(HEADINGS.index(heading), bad) for heading, bad in FAULTS.items()]
    for number in range(1, count + 1):
        row = _good(number, chance)
        for column, bad in spoilt:
            if chance.random() < faulty:
                row[column] = chance.choice(bad)
        yield tuple(row)


def _good(number: int, chance: Random) -> list[str]:
    first, last = chance.choice(FIRST), chance.choice(LAST)
    return [
        f"HL-{number:07}",
        first,
        last,
        _email(number, chance),
        _mobile(chance),
        _landline(chance) if chance.random() < 0.8 else "",
        (date(1956, 1, 1) + timedelta(chance.randrange(18_000))).strftime(DAY_FIRST),
        chance.choice(CITIES),
        f"{chance.randrange(110_001, 855_118)}",
        chance.choice(PRODUCTS),
        _amount(chance),
        (date(2024, 10, 1) + timedelta(chance.randrange(760))).strftime(ISO),
        chance.choice(CAMPAIGNS),
        f"Branch {chance.randrange(1, 400)}",
        chance.choice(REMARKS),
    ]


def _email(number: int, chance: Random) -> str:
    # Most people share a few domains, and some have one of their own.
    own = chance.random() < 0.1
    domain = f"firm{chance.randrange(50_000)}.example.com" if own else chance.choice(DOMAINS)
    name = f"{chance.choice(('a', 'r', 'm', 'info', 'k.v'))}.{chance.choice(LAST).lower()}{number}"
    return f"{name.replace(chr(39), '').replace('ñ', 'n')}@{domain}"


def _mobile(chance: Random) -> str:
    digits = f"{chance.choice((98, 99, 97, 96, 94, 93, 90, 88))}{chance.randrange(10**8):08}"
    way = chance.random()
    if way < 0.5:
        return digits
    if way < 0.7:
        return f"{digits[:5]} {digits[5:]}"
    if way < 0.95:
        return f"+91 {digits}" if way < 0.85 else f"+91-{digits}"
    return chance.choice(
        (
            f"+1 212 {chance.randrange(200, 900)} {chance.randrange(10_000):04}",
            f"+44 7911 1{chance.randrange(100_000):05}",
            f"+971 50 {chance.randrange(1_000_000, 9_999_999)}",
        )
    )


def _landline(chance: Random) -> str:
    code = chance.choice(("080", "022", "011", "044"))
    number = f"2{chance.randrange(10**7):07}"
    return chance.choice((f"{code} {number}", f"{code}-{number}", f"+91 {code[1:]} {number}"))


def _amount(chance: Random) -> str:
    lakhs = chance.randrange(1, 100)
    return chance.choice((f"{lakhs}00000", f"{lakhs},50,000", f"{lakhs}25000.50"))


def write_csv(path: Path, count: int, faulty: float) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows(rows(count, faulty))


def write_xlsx(path: Path, count: int, faulty: float) -> None:
    """As people's Excel saves it: numbers and dates as such, shared texts, what is not readable as text."""
    import xlsxwriter  # type: ignore[import-untyped]

    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
    looks = {column: book.add_format({"num_format": "dd/mm/yyyy"}) for column in LAYOUTS}
    worksheet = book.add_worksheet("Enquiries")
    worksheet.write_row(0, 0, HEADINGS)
    for at, row in enumerate(rows(count, faulty), 1):
        for column, (heading, text) in enumerate(zip(HEADINGS, row, strict=True)):
            stored = _stored(heading, text)
            if isinstance(stored, datetime):
                worksheet.write_datetime(at, column, stored, looks[heading])
            elif text:
                worksheet.write(at, column, stored)
    book.close()


def _stored(heading: str, text: str) -> str | float | datetime:
    try:
        if layout := LAYOUTS.get(heading):
            return datetime.strptime(text, layout)
        return float(text.replace(",", "")) if heading in ("Amount", "Pin Code") else text
    except ValueError:
        return text


if __name__ == "__main__":
    target = Path(sys.argv[2])
    write = write_xlsx if target.suffix == ".xlsx" else write_csv
    write(target, int(sys.argv[1]), float(sys.argv[3]))
