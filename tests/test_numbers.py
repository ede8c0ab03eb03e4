"""Numbers: every way that people write them, exact to the last digit."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.cell_text import Bad
from importer.values import ValueRules, converter

number = converter("number", ValueRules())
integer = converter("integer", ValueRules())


def cause(convert, cell):
    with pytest.raises(Bad) as bad:
        convert(cell)
    return bad.value.code


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1200", "1200"),
        (" 12.50 ", "12.50"),
        ("-3", "-3"),
        ("−3", "-3"),
        ("+3", "3"),
        (".5", "0.5"),
        ("12.", "12"),
        ("007", "7"),
        ("0", "0"),
        ("-0.00", "0.00"),
        ("1,200", "1200"),
        ("1,00,000", "100000"),
        ("12,34,56,789.10", "123456789.10"),
        ("1,234,567.89", "1234567.89"),
        ("1.234,56", "1234.56"),
        ("1.234.567", "1234567"),
        ("1.234", "1.234"),
        ("1 234 567,5", "1234567.5"),
        ("1\u00a0234\u202f567", None),
        ("1\u202f234\u202f567", "1234567"),
        ("1'234'567.5", "1234567.5"),
        ("₹ 1,00,000", "100000"),
        ("Rs. 500/-", "500"),
        ("Rs.500", "500"),
        ("INR 500", "500"),
        ("$-5", "-5"),
        ("-$5", "-5"),
        ("1.200,50 €", "1200.50"),
        ("(1,200)", "-1200"),
        ("(₹ 1,200.50)", "-1200.50"),
        ("12.5%", "12.5"),
        ("12.5 %", "12.5"),
        ("1E5", "100000"),
        ("1.5e-7", "0.00000015"),
        ("१२३", "123"),
        ("12345678901234567890.123456789012345678901", "12345678901234567890.123456789012345678901"),
    ],
)
def test_numbers_people_write(cell, value):
    if value is None:
        assert cause(number, cell) == "NUMBER-UNREADABLE"
    else:
        assert number(cell) == value


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "abc",
            "12 lakh",
            "1,2",
            "12,50",
            "0,125",
            "1,20",
            "10,00",
            "1,2345",
            "1.2.3",
            "1..2",
            "1,,200",
            ",",
        ),
        *(
            ".",
            "-",
            "--5",
            "-(5)",
            "(-5)",
            "(5",
            "5)",
            "()",
            "%",
            "₹",
            "1 23",
            "1-2",
            "0x10",
            "1_000",
            "NaN",
            "inf",
        ),
        *("1\n200", "1200\n1300", "1E500", "1e5e5", "RsX5", "50%%", "1,200.50.1", "1.234,567.8"),
    ],
)
def test_what_is_not_surely_a_number_is_refused(cell):
    assert cause(number, cell) == "NUMBER-UNREADABLE"


def test_a_refused_number_is_told_what_would_do():
    with pytest.raises(Bad, match=r"^'12,50' is not a number such as 120000 or 1,20,000\.50$"):
        number("12,50")


@pytest.mark.parametrize("cell", ["1.23E+11", "9.19E+11", "1E+05", "-1.2e-07"])
def test_a_number_that_excel_has_shortened_is_not_sent(cell):
    assert cause(number, cell) == "NUMBER-ROUNDED"


@pytest.mark.parametrize(
    ("cell", "value"), [("12", "12"), ("1,200.00", "1200"), ("(3)", "-3"), ("2E3", "2000"), ("-0.0", "0")]
)
def test_whole_numbers(cell, value):
    assert integer(cell) == value


@pytest.mark.parametrize("cell", ["12.5", "0.000000000000000000000000000000000000000001", f"{'9' * 40}.5"])
def test_a_number_with_a_fraction_is_not_whole(cell):
    assert cause(integer, cell) == "NUMBER-FRACTION"


EXACT = st.decimals(allow_nan=False, allow_infinity=False).map(lambda exact: format(exact, "f"))


@given(EXACT)
def test_a_number_keeps_its_exact_value(cell):
    assert Decimal(number(cell)) == Decimal(cell)


@given(st.integers().map(lambda whole: f"{whole:,}"))
def test_grouped_digits_keep_their_exact_value(cell):
    assert integer(cell) == cell.replace(",", "")


@given(EXACT)
def test_what_was_sent_once_is_sent_the_same_again(cell):
    assert number(number(cell)) == number(cell)


@pytest.mark.parametrize(
    "cell", ["1" + " " * 30000 + "x", "-" + "\u2009" * 30000 + "x", "1," * 15000, "9" * 30000 + "x"]
)
def test_an_endless_cell_is_refused_at_once(cell):
    assert cause(number, cell) == "NUMBER-UNREADABLE"
