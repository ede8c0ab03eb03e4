"""Makes the Excel samples in this folder: `python data_samples/make_samples.py`."""

from datetime import datetime
from pathlib import Path

import xlsxwriter

HERE = Path(__file__).parent

HEADINGS = [
    "Application No", "First Name", "Last Name", "Email", "Mobile", "City",
    "Product", "Amount", "Enquired On", "Campaign", "Branch", "Remark",
]  # fmt: skip

STUDY_HEADINGS = [
    "Customer Ref", "Lead Id", "Email", "Mobile", "First Name", "Last Name", "City", "Country",
    "Date of Birth", "Campaign", "Counsellor", "Enquired On", "Course", "Stage", "Interests", "Fee",
    "Semesters", "Hostel", "Remark", "Owner Id", "Last School", "Passed On",
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


def study_enquiries() -> None:
    """For the mapping with every setting: the worksheet that it names is the second one."""
    with xlsxwriter.Workbook(HERE / "study_enquiries_excel.xlsx") as book:
        book.add_worksheet("Notes").write(0, 0, "The enquiries are on the next worksheet")
        page = book.add_worksheet("Enquiries")
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        moment = book.add_format({"num_format": "dd-mmm-yyyy hh:mm"})
        amount = book.add_format({"num_format": "#,##0.00"})
        page.write_row(0, 0, STUDY_HEADINGS, book.add_format({"bold": True}))
        people = [
            ("asha.sample@example.com", "Asha", "Sample", "Pune", "India", "BSC", "New", "Arts, Law", True),
            (
                "zoe.muster@example.com",
                "Zoë",
                "Müster",
                "Zürich",
                "Schweiz",
                "MSC",
                "Contacted",
                "Science",
                False,
            ),
            ("", "Ravi", "Placeholder", "Mumbai", "", "MSC", "applied", "", None),
        ]
        for line, (email, first, last, city, country, course, stage, interests, hostel) in enumerate(
            people, 1
        ):
            lead = f"0a6b1c1e-5a4f-4f0e-9f55-0000000003{line:02}"
            page.write_row(
                line, 0, [f"AB30{line:02}", lead, email, 8123456750 + line, first, last, city, country]
            )
            page.write_datetime(line, 8, datetime(2001, 3, 10 * line), day)
            page.write_row(line, 9, ["Autumn", f"Branch {line}"])
            page.write_datetime(line, 11, datetime(2026, 11, 2 + line, 10, 30), moment)
            page.write_row(line, 12, [course, stage, interests])
            page.write_number(line, 15, 120000.5 * line, amount)
            page.write_row(line, 16, [2 * line, hostel, "Wants a call" if line == 1 else None])
            page.write_row(
                line, 19, [f"5d1c1f0a-0000-4000-8000-00000000000{line}", f"School {line}", "31.05.2019"]
            )


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
    study_enquiries()
    messy()
