"""`importer doctor`: each thing that a run needs is ok, or what would do is said. Nothing is written."""

import json

import pytest

from importer.simulator import Account, Fault, Simulator, read_account
from tests.test_mapping import ROOT

SAMPLE = read_account(ROOT / "data_samples" / "account.yaml")
READS = {
    *("UserByAccessKey.Get", "GetOpportunityTypes", "GetOpportunityTypeMetadata", "LeadsMetaData.Get"),
    "Users.Get",
}


@pytest.fixture
def examined(importer):
    """What was found, by name."""

    def examine() -> dict[str, tuple[bool, str]]:
        done = importer("doctor", "--json")
        found = {each["name"]: (each["is_ok"], each["text"]) for each in json.loads(done.stdout)}
        assert done.exit_code == (0 if all(is_ok for is_ok, _ in found.values()) else 5)
        assert "secret$key" not in done.stdout + done.stderr
        assert "access$key" not in done.stdout + done.stderr
        return found

    return examine


def wrong(found):
    return {name: text for name, (is_ok, text) in found.items() if not is_ok}


def test_where_all_is_well_each_line_is_ok_and_only_reads_were_made(folder, connect, importer):
    with Simulator(account=SAMPLE).serving() as simulator:
        connect(simulator.url, rate="25/5")
        done = importer("doctor")
    assert done.exit_code == 0
    assert {line[:4] for line in done.stdout.splitlines()} == {"ok  "}
    assert "Accepted; they belong to SAMPLE." in done.stdout
    assert {call.path.rpartition("/")[2] for call in simulator.calls} == READS


def test_where_nothing_is_set_it_says_what_to_set_and_looks_at_the_rest(examined, monkeypatch, tmp_path):
    for name in ("LSQ_API_HOST", "LSQ_ACCESS_KEY", "LSQ_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("IMPORTER_STATE", str(tmp_path / "state"))
    found = examined()
    assert set(wrong(found)) == {"settings", "LeadSquared"}
    assert "LSQ_API_HOST, LSQ_ACCESS_KEY and LSQ_SECRET_KEY are not set" in found["settings"][1]
    assert found["state folder"][0]


def test_refused_keys_are_told_with_what_to_look_at(examined, connect):
    with Simulator(account=Account(keys=frozenset({("other", "pair")}))).serving() as simulator:
        connect(simulator.url)
        [refused] = wrong(examined()).values()
    assert "check LSQ_ACCESS_KEY and LSQ_SECRET_KEY" in refused


def test_keys_of_another_region_are_told_with_its_host(examined, connect):
    with Simulator(account=Account(region_host="api-in21.leadsquared.com")).serving() as simulator:
        connect(simulator.url)
        found = wrong(examined())
    assert found == {
        "region": "These keys belong to another region: set LSQ_API_HOST to api-in21.leadsquared.com."
    }


@pytest.mark.parametrize(("offset", "said"), [(-600, "10 min ahead of"), (600, "10 min behind")])
def test_a_clock_that_is_off_is_told(examined, connect, offset, said):
    with Simulator(account=Account(clock_offset=offset)).serving() as simulator:
        connect(simulator.url)
        found = wrong(examined())
    assert set(found) == {"clock"}
    assert f"This machine's is {said} LeadSquared's" in found["clock"]


def test_what_these_keys_may_not_read_is_told_with_what_does_not_work_then(examined, connect):
    faults = [Fault("http_403", call=call) for call in READS - {"UserByAccessKey.Get"}]
    with Simulator(account=SAMPLE, faults=faults).serving() as simulator:
        connect(simulator.url)
        found = wrong(examined())
    assert set(found) == {"opportunity types", "lead attributes", "users"}
    assert "so no mapping can have kind: owner. Let the user of these keys read them" in found["users"]


def test_users_of_whom_none_is_listed_are_told_as_not_seen(examined, connect):
    with Simulator(account=SAMPLE, faults=[Fault("empty_list_200", call="Users.Get")]).serving() as simulator:
        connect(simulator.url)
        found = wrong(examined())
    assert set(found) == {"users"}
    assert "it lists none, so the user of these keys may not see them" in found["users"]
    assert "Let the user of these keys read them in LeadSquared" in found["users"]


def test_a_host_that_nobody_answers_at_is_told(examined, connect, nobody_answers):
    connect(nobody_answers)
    found = wrong(examined())
    assert set(found) == {"keys and host"}
    assert "LeadSquared does not answer" in found["keys and host"]


def test_a_folder_that_is_none_is_told(examined, connected, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("IMPORTER_STATE", str(tmp_path / "file"))
    found = wrong(examined())
    assert "IMPORTER_STATE names another folder" in found["state folder"]
    assert not connected.calls


def test_the_days_calls_and_a_lower_limit_that_was_named_are_told(examined, connect, monkeypatch):
    message = "API calls exceeded the limit of 10 in 5 second(s)"
    faults = [Fault("limit_429", times=1, message=message, call="Users.Get")]
    with Simulator(rate=None, account=SAMPLE, faults=faults).serving() as simulator:
        connect(simulator.url, rate="25/5")
        monkeypatch.setenv("LSQ_DAILY_CALLS", "100")
        examined()
        said = examined()["limit"][1]
    assert said.startswith("25/5 calls/seconds, and 10/5 in use")
    assert "calls are left today" in said


@pytest.mark.parametrize("calls", range(1, 6))
def test_with_the_days_calls_spent_it_says_what_it_has_found_so_far(examined, connect, monkeypatch, calls):
    monkeypatch.setenv("LSQ_DAILY_CALLS", str(calls))
    with Simulator(account=SAMPLE).serving() as simulator:
        connect(simulator.url)
        first = examined()
        spent = examined()
        assert len(simulator.calls) == calls
    assert first["state folder"][0]
    assert ("keys" in first) == (calls > 1)
    for found in (first, spent):
        assert "or with a larger LSQ_DAILY_CALLS, the same command continues." in wrong(found)["calls"]
    assert spent["settings"][0]
