"""Keys from systemd's credentials and from the system's keyring: what counts, and what is never shown."""

import io
import os
import subprocess
import sys

import keyring
import pytest

from importer.key_sources import Keyring, environment_of
from importer.simulator import Account, Simulator, read_account
from importer.tell import Tell
from tests.keyrings import Broken, Forgetful, Full, InMemory, Kept, Locked
from tests.test_mapping import ROOT

NAMES = ("LSQ_API_HOST", "LSQ_ACCESS_KEY", "LSQ_SECRET_KEY")
PAIR = ("access$key", "secret$key")
HOST_ASKED = b"such as api-in21.leadsquared.com: "


@pytest.fixture
def use(monkeypatch):
    """Makes this the system's keyring."""

    def put(backend):
        monkeypatch.setattr(keyring.core, "_keyring_backend", backend)
        return backend

    return put


@pytest.fixture
def credentials(tmp_path, monkeypatch, no_keys):
    """A folder as systemd makes one: its files can be read by their owner alone, and written by nobody."""
    room = tmp_path / "credentials"
    room.mkdir()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(room))

    def put(**values: str | bytes):
        for name, value in values.items():
            (room / name).write_bytes(value.encode() if isinstance(value, str) else value)
            (room / name).chmod(0o400)
        return room

    return put


@pytest.fixture
def typed(monkeypatch, importer):
    """`importer keys set` with these lines on standard input."""

    def enter(*lines: str):
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        done = importer("keys", "set")
        assert not any(key in done.stdout + done.stderr for key in PAIR)
        return done

    return enter


def held(backend, url="https://api.example.com"):
    for name, value in zip(NAMES, (url, *PAIR), strict=True):
        backend.held["leadsquared-importer", name] = value
    return backend


def test_a_sheet_is_sent_with_systemds_credentials(folder, credentials, simulator, importer):
    keys = ("u$r#1", '"s$HOME\\"')
    with Simulator(rate=None, account=Account(keys=frozenset({keys}))).serving() as simulator:
        credentials(
            LSQ_API_HOST=simulator.url, LSQ_ACCESS_KEY=keys[0] + "\n", LSQ_SECRET_KEY=keys[1] + "\r\n"
        )
        done = importer("run", folder.people(1))
        assert done.exit_code == 0, done.stderr
        assert len(simulator.opportunities) == 1


def test_the_environment_counts_before_the_credentials_unless_it_is_blank(credentials, importer, monkeypatch):
    room = credentials(LSQ_API_HOST="api.example.com", LSQ_ACCESS_KEY="one", LSQ_SECRET_KEY=" \n")
    monkeypatch.setenv("LSQ_API_HOST", "http://127.0.0.1:1")
    monkeypatch.setenv("LSQ_ACCESS_KEY", " ")
    done = importer("keys")
    assert done.exit_code == 2
    assert done.stdout.splitlines()[:3] == [
        "LSQ_API_HOST    http://127.0.0.1:1, from the environment",
        f"LSQ_ACCESS_KEY  set (not shown), from {room} (CREDENTIALS_DIRECTORY)",
        "LSQ_SECRET_KEY  not set",
    ]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (b"\xff", "LSQ_SECRET_KEY is not UTF-8."),
        ("one\ntwo", "LSQ_SECRET_KEY holds more than one value"),
        ("one\0two", "LSQ_SECRET_KEY holds more than one value"),
    ],
)
def test_a_credential_that_is_no_value_is_told(credentials, importer, value, said):
    credentials(LSQ_API_HOST="api.example.com", LSQ_ACCESS_KEY="one", LSQ_SECRET_KEY=value)
    done = importer("account")
    assert done.exit_code == 2
    assert said in done.stderr
    assert said in importer("doctor").stdout


def test_a_credential_that_cannot_be_read_is_told_only_where_it_is_needed(credentials, importer, monkeypatch):
    (credentials() / "LSQ_ACCESS_KEY").mkdir()
    assert "LSQ_ACCESS_KEY cannot be read" in importer("keys").stderr
    monkeypatch.setenv("LSQ_ACCESS_KEY", "one")
    assert "LSQ_ACCESS_KEY  set (not shown), from the environment" in importer("keys").stdout


def test_all_that_is_set_is_known_by_name(credentials, use):
    room = credentials(LSQ_RATE="10/5\n", LSQ_DAILY_CALLS=" \n")
    use(held(InMemory()))
    environment = {"LSQ_ACCESS_KEY": "one", "CREDENTIALS_DIRECTORY": str(room), "PATH": "/bin"}
    every = environment_of(None, environment, Keyring(Tell()))
    assert dict(every) == {
        "LSQ_API_HOST": "https://api.example.com",
        "LSQ_ACCESS_KEY": "one",
        "LSQ_SECRET_KEY": "secret$key",
        "LSQ_RATE": "10/5",
    }
    assert len(every) == 4


def test_a_folder_of_credentials_that_is_not_there_is_as_an_empty_one(no_keys, importer, monkeypatch):
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", "/nowhere/at/all")
    assert importer("keys").stdout.count("not set") == 3


def test_what_is_typed_is_tried_stored_and_used(folder, no_keys, use, typed, importer):
    backend = use(InMemory())
    account = Account(keys=frozenset({PAIR}), organisation="SAMPLE")
    with Simulator(rate=None, account=account).serving() as simulator:
        done = typed(simulator.url, *PAIR)
        assert done.exit_code == 0, done.stderr
        assert "LeadSquared takes them; they belong to SAMPLE." in done.stdout
        assert "three lines from standard input: host, access key, secret key" in done.stderr
        assert [call.path.rpartition("/")[2] for call in simulator.calls] == ["UserByAccessKey.Get"]
        assert backend.held == held(InMemory(), simulator.url).held
        assert importer("run", folder.people(1)).exit_code == 0
        assert len(simulator.opportunities) == 1
        assert f"{simulator.url}, from the system's keyring" in importer("keys", "show").stdout


def test_keys_that_leadsquared_refuses_are_not_stored(no_keys, use, typed):
    backend = use(InMemory())
    with Simulator(account=Account(keys=frozenset({("other", "pair")}))).serving() as simulator:
        done = typed(simulator.url, *PAIR)
    assert done.exit_code == 5
    assert done.stderr.endswith("Nothing was stored.\n")
    assert not backend.held


def test_keys_that_cannot_be_tried_now_are_stored_and_it_is_said(no_keys, use, typed, nobody_answers):
    backend = use(InMemory())
    done = typed(nobody_answers, *PAIR)
    assert done.exit_code == 0
    assert "is not known (LeadSquared does not answer" in done.stdout
    assert "importer doctor asks again" in done.stdout
    assert len(backend.held) == 3


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "has to hold three lines, in this order: host, access key, secret key"),
        (["api.example.com", "access$key"], "has to hold three lines"),
        (["api.example.com", "", "secret$key"], "has to hold three lines"),
        (PAIR + PAIR[:1], "LSQ_API_HOST is not a host"),
        (["http://api.example.com", *PAIR], "would send your keys unencrypted"),
        (["api.example.com", "access$key", "secret$key with blanks"], "LSQ_SECRET_KEY holds a blank"),
    ],
)
def test_what_is_no_host_or_key_is_refused_before_anybody_is_asked(no_keys, use, typed, lines, said):
    backend = use(held(InMemory(), "https://kept.example.com"))
    done = typed(*lines)
    assert done.exit_code == 2
    assert said in done.stderr
    assert "$key" not in done.stderr
    assert backend.held == held(InMemory(), "https://kept.example.com").held


def test_what_is_no_text_is_refused(no_keys, use, importer, monkeypatch):
    use(InMemory())
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"api.example.com\n\xff\n"), "utf-8"))
    done = importer("keys", "set")
    assert (done.exit_code, "what came on standard input is no text" in done.stderr) == (2, True)


def test_what_is_set_elsewhere_is_said_to_count_before_what_was_stored(connected, use, typed):
    use(InMemory())
    done = typed(connected.url, "other$access", "other$secret")
    assert "LSQ_ACCESS_KEY comes from the environment all the same" in done.stdout
    assert done.stdout.count("all the same") == 3


@pytest.mark.parametrize("backend", [Full, Forgetful])
def test_a_keyring_that_does_not_keep_all_of_it_keeps_nothing(
    no_keys, connect, use, typed, simulator, backend
):
    there = use(backend())
    done = typed(simulator.url, *PAIR)
    assert done.exit_code == 2
    assert "The system's keyring" in done.stderr
    assert not there.held


def test_keys_are_forgotten(no_keys, use, importer):
    backend = use(held(InMemory()))
    assert importer("keys", "forget").stdout == "Host and keys are removed from the system's keyring.\n"
    assert not backend.held
    assert importer("keys", "forget").stdout == "The keyring has none.\n"


def test_keys_that_the_keyring_does_not_give_up_are_said_to_be_there(no_keys, use, importer):
    use(held(Kept()))
    done = importer("keys", "forget")
    assert (done.exit_code, "cannot be used (PasswordDeleteError)" in done.stderr) == (2, True)


def test_no_key_is_shown_in_any_part(no_keys, use, importer):
    use(held(InMemory()))
    done = importer("keys")
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "LSQ_API_HOST    https://api.example.com, from the system's keyring",
        "LSQ_ACCESS_KEY  set (not shown), from the system's keyring",
        "LSQ_SECRET_KEY  set (not shown), from the system's keyring",
    ]


def test_a_host_that_holds_a_key_is_not_shown(no_keys, importer, monkeypatch):
    monkeypatch.setenv("LSQ_API_HOST", "api.example.com?accessKey=access$key")
    done = importer("keys")
    assert "unusable (LSQ_API_HOST is not a host" in done.stdout
    assert "access$key" not in done.stdout


@pytest.mark.parametrize("backend", [Locked, Broken])
def test_a_keyring_that_cannot_be_opened_stops_nothing_that_does_not_need_it(
    folder, connected, use, importer, backend
):
    there = use(backend())
    done = importer("run", folder.people(1))
    assert done.exit_code == 0, done.stderr
    assert "keyring" not in done.stderr
    assert there.reads == 0


@pytest.mark.parametrize(("backend", "why"), [(Locked, "it is locked"), (Broken, "OSError")])
def test_a_keyring_that_cannot_be_opened_is_said_once_where_it_is_needed(
    folder, no_keys, use, importer, backend, why
):
    there = use(backend())
    check = importer("check", folder.people(1))
    assert check.exit_code == 0
    assert check.stderr.count(f"The system's keyring cannot be used ({why})") == 1
    assert there.reads == 1
    run = importer("run", "enquiries.csv")
    assert run.exit_code == 2
    assert run.stderr.count(f"({why})") == 1
    assert "LSQ_API_HOST, LSQ_ACCESS_KEY and LSQ_SECRET_KEY are not set" in run.stderr
    assert importer("keys", "set").exit_code == importer("keys", "forget").exit_code == 2


def test_what_needs_no_keys_does_not_open_the_keyring(folder, no_keys, use, importer):
    there = use(held(InMemory()))
    importer("history")
    importer("look", folder.people(1))
    assert there.reads == 0


def test_without_a_keyring_on_the_machine_it_is_said_what_to_do(no_keys, importer):
    for words in (["keys"], ["keys", "set"], ["keys", "forget"]):
        done = importer(*words)
        assert done.exit_code == 2
        assert "This machine has no keyring that can be used. " in done.stdout + done.stderr
        assert "--env-file" in done.stdout + done.stderr


def test_without_the_extra_it_is_said_what_to_install(folder, no_keys, importer, monkeypatch):
    monkeypatch.setitem(sys.modules, "keyring", None)  # as where it is not installed
    for words in (["keys"], ["keys", "set"], ["keys", "forget"]):
        done = importer(*words)
        assert done.exit_code == 2
        assert 'pip install "leadsquared-importer[keyring]"' in done.stdout + done.stderr
    done = importer("check", folder.people(1))
    assert (done.exit_code, "keyring" in done.stderr) == (0, False)


def test_keyring_is_not_even_loaded_where_the_keys_come_from_elsewhere(connected):
    program = "import sys; from importer.cli import main; main(['doctor']); print('keyring' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.splitlines()[-1] == "False"


def test_doctor_says_from_where_host_and_keys_come(credentials, use, importer, monkeypatch):
    with Simulator(account=read_account(ROOT / "data_samples" / "account.yaml")).serving() as simulator:
        use(held(InMemory(), simulator.url))
        assert "a pair of keys (not shown), from the system's keyring." in importer("doctor").stdout
        room = credentials(LSQ_ACCESS_KEY="one")
        said = importer("doctor").stdout
    assert (
        "LSQ_API_HOST and LSQ_SECRET_KEY from the system's keyring, "
        f"LSQ_ACCESS_KEY from {room} (CREDENTIALS_DIRECTORY)."
    ) in said


@pytest.fixture
def terminal():
    """`importer keys set` in a terminal: what it showed, after these answers to these questions."""
    import pty

    started = []

    def sit_at(*steps: tuple[bytes, str]) -> tuple[int, bytes]:
        own, its = pty.openpty()
        environment = os.environ | {"PYTHON_KEYRING_BACKEND": "tests.keyrings.InMemory"}
        process = subprocess.Popen(
            [sys.executable, "-m", "importer", "keys", "set"],
            stdin=its, stdout=its, stderr=its, env=environment, cwd=ROOT, start_new_session=True,
        )  # fmt: skip
        started.append(process)
        os.close(its)
        seen = b""
        for awaited, answer in steps:
            while awaited not in seen:
                seen += os.read(own, 1000)
            os.write(own, answer.encode())
        code = process.wait(20)
        os.close(own)
        return code, seen

    yield sit_at
    for process in started:
        process.kill()
        process.wait()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no pseudo-terminal")
def test_in_a_terminal_the_keys_are_not_shown_as_they_are_typed(simulator, no_keys, terminal):
    code, seen = terminal(
        (HOST_ASKED, f"{simulator.url}\n"),
        (b"Access key", f"{PAIR[0]}\n"),
        (b"Secret key", f"{PAIR[1]}\n"),
        (b"LeadSquared takes them", ""),
    )
    assert code == 0
    assert not any(key.encode() in seen for key in PAIR)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no pseudo-terminal")
@pytest.mark.parametrize("answer", ["\n", "\x04"])
def test_in_a_terminal_an_empty_answer_ends_it(no_keys, terminal, answer):
    code, _ = terminal((HOST_ASKED, answer), (b"Nothing was stored", ""))
    assert code == 2
