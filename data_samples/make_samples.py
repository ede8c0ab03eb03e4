"""Makes the Excel samples in this folder: `python data_samples/make_samples.py`."""

from datetime import datetime
from pathlib import Path

import xlsxwriter

HERE = Path(__file__).parent

HEADINGS = [
    "Application No", "First Name", "Last Name", "Email", "Mobile", "City",
    "Product", "Amount", "Enquired On", "Campaign", "Branch", "Remark",
]  # fmt: skip


def home_loans() -> None:
    """A tidy workbook: dates are dates, numbers are numbers, the phone column has a format."""
    with xlsxwriter.Workbook(HERE / "home_loans.xlsx") as book:
        page = book.add_worksheet("Enquiries")
        bold = book.add_format({"bold": True})
        amount = book.add_format({"num_format": "#,##0.00"})
        moment = book.add_format({"num_format": "dd-mmm-yyyy hh:mm"})
        phone = book.add_format({"num_format": "0000000000"})
        page.write_row(0, 0, HEADINGS, bold)
        people = [
            ("Asha", "Sample", 8123456721),
            ("Zoë", "Muster", 8123456722),
            ("Ravi", "Placeholder", 8123456723),
        ]
        for line, (first, last, number) in enumerate(people, start=1):
            page.write_row(line, 0, [f"HL-002{line:02}", first, last, f"{first}.{last}@example.com".lower()])
            page.write_number(line, 4, number, phone)
            page.write_row(line, 5, ["Pune", "HL" if line % 2 else "PL"])
            page.write_number(line, 7, 1250000.125 * line, amount)
            page.write_datetime(line, 8, datetime(2026, 11, line, 10, 30), moment)
            page.write_row(line, 9, ["Diwali", "Kothrud", ""])


def messy() -> None:
    """Title rows, blank rows, and cells that Excel has changed, hidden or broken."""
    with xlsxwriter.Workbook(HERE / "messy_excel.xlsx", {"strings_to_formulas": False}) as book:
        page = book.add_worksheet("Enquiries")
        zeros = book.add_format({"num_format": "00000"})
        percent = book.add_format({"num_format": "0.0%"})
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        page.write(0, 0, "Enquiries of November")
        page.write(1, 0, "Made for practice; every name is invented")
        page.write_row(3, 0, [heading.upper() for heading in HEADINGS])
        page.write_row(
            4, 0, ["=HYPERLINK", "00123", "अशा", "asha.sample@example.com", "+91 81234 56731", "Pune", "hl"]
        )
        page.write_number(4, 7, 0.30000000000000004)
        page.write_datetime(4, 8, datetime(2026, 11, 3), day)
        page.write_number(4, 10, 42, zeros)
        page.write_number(6, 0, 302)
        page.write_row(6, 1, ["Zoë", "Müster", "zoe.muster@example.com"])
        page.write_number(6, 4, 8123456732)
        page.write_row(6, 5, [True, "Home loan"])
        page.write_number(6, 7, 0.125, percent)
        page.write_row(
            7, 0, ["HL-00303", "Error", "Cell", "error.cell@example.com", 8123456733, "Pune", "PL"]
        )
        page.write_formula(7, 7, "=1/0", None, "#DIV/0!")
        page.write_row(
            8,
            0,
            ["HL-00304", "Lost", "Digits", "lost.digits@example.com", 81234567890123456, "Pune", "PL", 5],
        )
        page.write_row(9, 0, ["HL-00305", "Not", "Saved", "not.saved@example.com", 8123456735, "Pune", "PL"])
        page.write_formula(9, 7, "=2+3", None, "")
        page.write_row(
            10,
            0,
            ["HL-00306", "A serial", "Number", "serial.number@example.com", 8123456736, "Pune", "PL", 5],
        )
        page.write_number(10, 8, 45351)


if __name__ == "__main__":
    home_loans()
    messy()
