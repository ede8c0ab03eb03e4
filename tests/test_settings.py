"""Host, keys and limit come from the environment, and no key is ever shown."""

import pytest

from importer.answers import Rate
from importer.errors import UsageError
from importer.settings import read_settings

GOOD = {
    "LSQ_API_HOST": "api-in21.leadsquared.com",
    "LSQ_ACCESS_KEY": "u$r1234567890",
    "LSQ_SECRET_KEY": "s$HOME${x}%PATH%",
}


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("api-in21.leadsquared.com", "https://api-in21.leadsquared.com"),
        (" https://api.leadsquared.com/ ", "https://api.leadsquared.com"),
        ("http://127.0.0.1:8765", "http://127.0.0.1:8765"),
        ("http://localhost:8765", "http://localhost:8765"),
    ],
)
def test_a_host_is_reached_over_https_and_loopback_as_it_stands(host, url):
    assert read_settings(GOOD | {"LSQ_API_HOST": host}).url == url


@pytest.mark.parametrize(
    "host",
    [
        "http://api-in21.leadsquared.com",
        "http://127.0.0.1.example.com",
        "https://api.leadsquared.com/v2/",
        "https://user:word@api.leadsquared.com",
        "api.leadsquared.com?accessKey=1",
        "ftp://api.leadsquared.com",
        "api.leadsquared.com:port",
        "https://",
        "[::1",
        "https://[zz]",
        "ünï..com",
        "a" * 300,
        "u$r1234567890",
        "0123456789abcdef0123456789abcdef",
        "https://:word@api.leadsquared.com",
        "https://api.leadsquared.com#word",
    ],
)
def test_any_other_host_is_refused_by_name_and_not_shown(host):
    """It may be a key that was pasted into the wrong place."""
    with pytest.raises(UsageError, match="LSQ_API_HOST") as refused:
        read_settings(GOOD | {"LSQ_API_HOST": host})
    assert "api-in21.leadsquared.com" in str(refused.value)
    assert host not in str(refused.value).replace("api-in21.leadsquared.com", "")


def test_keys_are_read_literally():
    assert read_settings(GOOD).secret_key == "s$HOME${x}%PATH%"


def test_settings_do_not_show_the_keys():
    shown = repr(read_settings(GOOD))
    assert GOOD["LSQ_ACCESS_KEY"] not in shown
    assert GOOD["LSQ_SECRET_KEY"] not in shown


def test_everything_that_is_missing_is_named_at_once():
    with pytest.raises(UsageError, match="LSQ_API_HOST, LSQ_ACCESS_KEY and LSQ_SECRET_KEY are not set"):
        read_settings({"LSQ_ACCESS_KEY": " "})


@pytest.mark.parametrize("key", ["two words", "naïve", "line\nbreak"])
def test_a_key_that_no_header_can_carry_is_refused_without_showing_it(key):
    with pytest.raises(UsageError, match="LSQ_SECRET_KEY") as refusal:
        read_settings(GOOD | {"LSQ_SECRET_KEY": key})
    assert key not in str(refusal.value)


def test_the_limit_is_25_in_5_seconds_unless_said_otherwise():
    assert read_settings(GOOD).limit == Rate(25, 5)
    assert read_settings(GOOD | {"LSQ_RATE": "10/2.5"}).limit == Rate(10, 2.5)


@pytest.mark.parametrize("rate", ["25", "25/", "0/5", "-1/5", "25/0", "25 per 5", "25/5/5", "1e3/5"])
def test_a_limit_that_is_none_is_refused(rate):
    with pytest.raises(UsageError, match="LSQ_RATE"):
        read_settings(GOOD | {"LSQ_RATE": rate})


def test_a_days_calls_are_without_limit_unless_said_otherwise():
    assert read_settings(GOOD | {"LSQ_DAILY_CALLS": " "}).daily_calls is None
    assert read_settings(GOOD | {"LSQ_DAILY_CALLS": " 10000 "}).daily_calls == 10_000


@pytest.mark.parametrize("calls", ["0", "-5", "10,000", "1e4", "many", "٣", "1" * 13])
def test_a_number_of_daily_calls_that_is_none_is_refused(calls):
    with pytest.raises(UsageError, match=r"LSQ_DAILY_CALLS: .* such as 10000"):
        read_settings(GOOD | {"LSQ_DAILY_CALLS": calls})


def test_the_journal_stands_where_importer_state_says(tmp_path):
    assert read_settings(GOOD | {"IMPORTER_STATE": str(tmp_path)}).state == tmp_path
