"""Phone numbers: sent as +91-9876543210, refused where a digit is missing, too many or lost."""

from random import Random

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberType

from importer.cell_text import Bad
from importer.values import ValueRules, converter

indian = converter("phone", ValueRules(region="IN"))
international = converter("phone", ValueRules())


def refused(convert, cell):
    with pytest.raises(Bad) as bad:
        convert(cell)
    return bad.value.code, str(bad.value)


@pytest.mark.parametrize(
    "cell",
    [
        *("9876543210", "98765 43210", " 98765-43210 ", "(98765) 43210", "098765 43210", "919876543210"),
        *(
            "+919876543210",
            "+91-9876543210",
            "+91 (0) 98765 43210",
            "0091 98765 43210",
            "tel:+91-98765-43210"[4:],
        ),
        *("\u202a+91 98765 43210\u202c", "98765\u00a043210", "९८७६५४३२१०", "9876.543.210"),
    ],
)
def test_an_indian_mobile_number_however_it_is_typed(cell):
    assert indian(cell) == "+91-9876543210"


@pytest.mark.parametrize(
    ("cell", "sent"),
    [
        ("+1 650-253-0000", "+1-6502530000"),
        ("+44 20 7946 0958", "+44-2079460958"),
        ("+39 06 1234 5678", "+39-0612345678"),
        ("+971501234567", "+971-501234567"),
    ],
)
def test_a_country_code_goes_before_the_region(cell, sent):
    assert indian(cell) == international(cell) == sent


def test_a_landline_is_a_phone_too():
    assert indian("044-2233 4455") == "+91-4422334455"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("12345", "PHONE-SHORT"),
        ("98765432101234", "PHONE-LONG"),
        ("9876543210 / 9123456789", "PHONE-LONG"),
        ("0000000000", "PHONE-INVALID"),
        ("+999 12345678", "PHONE-COUNTRY"),
        ("9876543210 ext 12", "PHONE-UNREADABLE"),
        ("9876543210#12", "PHONE-UNREADABLE"),
        ("1800-FLOWERS", "PHONE-UNREADABLE"),
        ("not given", "PHONE-UNREADABLE"),
        ("-", "PHONE-UNREADABLE"),
        ("+", "PHONE-UNREADABLE"),
        ("9876543210; 9123456789", "PHONE-UNREADABLE"),
        ("9876543210,,12", "PHONE-UNREADABLE"),
        ("9876543210, 9123456789", "PHONE-UNREADABLE"),
        ("9876543210~12", "PHONE-INVALID"),
    ],
)
def test_what_is_not_one_phone_number_is_refused(cell, code):
    assert refused(indian, cell)[0] == code


def test_a_refused_number_is_told_what_would_do():
    assert (
        refused(indian, "12345")[1] == "'12345' has too few digits for a phone number, such as +91-8123456789"
    )


def test_without_a_region_a_number_needs_its_country_code():
    code, message = refused(international, "9876543210")
    assert code == "PHONE-COUNTRY"
    assert "has no country code" in message
    assert "region: in the mapping" in message


@pytest.mark.parametrize("cell", ["9.19E+11", "9.19877E+11", "919E9"])
@pytest.mark.parametrize("convert", [indian, international])
def test_a_number_that_excel_has_shortened_is_not_sent(convert, cell):
    code, message = refused(convert, cell)
    assert code == "PHONE-ROUNDED"
    assert "format the column as Text" in message


@pytest.mark.parametrize("cell", ["919876543210.0", "9876543210.00"])
def test_a_number_with_decimals_is_told_how_to_mend_the_column(cell):
    code, message = refused(indian, cell)
    assert code == "PHONE-DECIMALS"
    assert "Number with 0 decimals" in message


def test_a_region_that_does_not_exist_is_a_fault_of_the_mapping():
    with pytest.raises(ValueError, match="'XX' is not a country"):
        converter("phone", ValueRules(region="XX"))


DIGITS = st.text("0123456789", min_size=4, max_size=13)


@pytest.mark.parametrize("region", ["IN", "US", "GB", "AE", "SG", "IT", "RU", "BR", "AR"])
@given(digits=DIGITS, prefix=st.sampled_from(["", "0", "+91", "+1", "+44", "+7", "+39", "91", "8", "1"]))
def test_the_short_way_for_usual_numbers_says_what_the_library_says(region, digits, prefix):
    says_what_the_library_says(region, prefix + digits)


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_so_it_does_for_numbers_like_the_real_ones_of_every_country(region):
    code = str(phonenumbers.country_code_for_region(region))
    chance = Random(region)  # noqa: S311 (no secret)
    kinds = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE, PhoneNumberType.TOLL_FREE)
    found = (phonenumbers.example_number_for_type(region, kind) for kind in kinds)
    for example in map(phonenumbers.national_significant_number, filter(None, found)):
        for before in (
            "",
            "0",
            "1",
            "8",
            code,
            f"+{code}",
            f"+{code}0",
            f"00{code}",
            f"0{code}",
            f"+{code}{code}",
        ):
            for kept in range(len(example) + 1):
                rest = "".join(chance.choices("0123456789", k=len(example) - kept))
                says_what_the_library_says(region, before + example[:kept] + rest)


def says_what_the_library_says(region, cell):
    try:
        known = phonenumbers.parse(cell, region)
    except phonenumbers.NumberParseException:
        known = None
    try:
        sent = converter("phone", ValueRules(region=region))(cell)
    except Bad:
        assert known is None or not phonenumbers.is_valid_number(known)
    else:
        assert known is not None
        assert sent == f"+{known.country_code}-{phonenumbers.national_significant_number(known)}"
