"""`--env-file`: lines NAME=VALUE are read literally, counted before the environment, and never shown."""

import os

import pytest

from importer.command_line import VERBS
from importer.env_file import NAMES, read_env_file
from importer.simulator import Account, Simulator

posix = pytest.mark.skipif(os.name != "posix", reason="only there does the mode say who may read a file")


@pytest.fixture
def env_file(tmp_path):
    """Writes a file that only its owner can read."""

    def write(content: str | bytes, mode: int = 0o600):
        path = tmp_path / "keys.env"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        path.chmod(mode)
        return path

    return write


@pytest.fixture
def refused(env_file, importer, no_keys):
    """What is said of a file that cannot be used."""

    def refuse(content: str | bytes, mode: int = 0o600) -> str:
        done = importer("keys", "--env-file", env_file(content, mode))
        assert done.exit_code == 2
        assert not done.stdout
        assert "$ecret" not in done.stderr
        said: str = done.stderr
        return said

    return refuse


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("LSQ_SECRET_KEY=s$HOME${x}%PATH%", "s$HOME${x}%PATH%"),
        ("LSQ_SECRET_KEY=a#b #c", "a#b #c"),
        ("LSQ_SECRET_KEY=a\\n\\\\b\\", "a\\n\\\\b\\"),
        ("LSQ_SECRET_KEY=a\"b'c=d==", "a\"b'c=d=="),
        ("LSQ_SECRET_KEY='it is \"$x\"'", 'it is "$x"'),
        ('LSQ_SECRET_KEY=""twice""', '"twice"'),
        ("LSQ_SECRET_KEY=\"only one'", "\"only one'"),
        ('LSQ_SECRET_KEY="', '"'),
        ('LSQ_SECRET_KEY=" blanks "', " blanks "),
        ("export LSQ_SECRET_KEY=exported", "exported"),
        ("  export\tLSQ_SECRET_KEY = set apart \t", "set apart"),
        ("\ufeffLSQ_SECRET_KEY=after a byte order mark", "after a byte order mark"),
        ("LSQ_SECRET_KEY=one\u2028line\x0b", "one\u2028line\x0b"),
        ("# LSQ_SECRET_KEY=no\r\n\r\n  # nor this\r\nLSQ_SECRET_KEY=yes\r\n", "yes"),
        ("PATH=/bin\nLSQ_SECRET_KEY=x", "x"),
        ("LSQ_SECRET_KEY=", ""),
    ],
)
def test_a_value_is_read_literally(env_file, line, value):
    assert read_env_file(env_file(line)) == {"LSQ_SECRET_KEY": value}


def test_every_variable_of_the_program_is_taken_and_those_of_others_are_left(env_file):
    lines = [f"{name}=value of {name}\n" for name in (*NAMES, "PATH", "HTTPS_PROXY")]
    assert read_env_file(env_file("".join(lines))) == {name: f"value of {name}" for name in NAMES}


def test_a_sheet_is_sent_with_the_keys_of_the_file(folder, env_file, importer, no_keys):
    keys = ("u$r#1", "s\"$HOME\\n'=")
    with Simulator(rate=None, account=Account(keys=frozenset({keys}))).serving() as simulator:
        file = env_file(
            f"LSQ_API_HOST={simulator.url}\nexport LSQ_ACCESS_KEY={keys[0]}\nLSQ_SECRET_KEY='{keys[1]}'\n"
            "LSQ_RATE=1000/1\nIMPORTER_STATE=elsewhere\n"
        )
        done = importer("run", folder.people(2), "--env-file", file)
        assert done.exit_code == 0, done.stderr
        assert len(simulator.opportunities) == 2
    assert "enquiries.csv" in importer("history", "--env-file", file).stdout
    assert importer("history").stdout == "No runs yet.\n"
    assert (folder.path / "elsewhere").is_dir()


def test_the_command_that_continues_names_the_file_too(folder, env_file, connected, monkeypatch, importer):
    words = ["run", "enquiries.csv", "--limit", "1", "--env-file", str(env_file("LSQ_RATE=1000/1"))]
    folder.people(2)
    monkeypatch.setattr("sys.argv", ["importer", *words])
    assert f"To continue: importer {' '.join(words)}" in importer(*words).stdout


def test_the_file_counts_before_the_environment_also_where_it_is_blank(env_file, connected, importer):
    done = importer("doctor", "--env-file", env_file("LSQ_SECRET_KEY=\n"))
    assert done.exit_code == 5
    assert "LSQ_SECRET_KEY is not set" in done.stdout
    assert not connected.calls


@pytest.mark.parametrize(
    "verb", [verb.__name__.strip("_") for verb in VERBS if verb.__name__ not in ("_demo", "_simulate")]
)
def test_every_command_that_may_need_keys_takes_the_file(importer, verb):
    assert "--env-file FILE" in importer(verb, "--help").stdout


@pytest.mark.parametrize(
    "line",
    ["$ecret", "LSQ_SECRET_KEY: $ecret", "=$ecret", "LSQ SECRET=$ecret", "L$ecret=1", "LSQ_RATE=\0$ecret"],
)
def test_a_line_that_is_none_is_told_by_its_number_alone(refused, line):
    said = refused(f"# keys\n\nLSQ_API_HOST=x\n{line}\n")
    assert "keys.env, line 4: this is no NAME=VALUE" in said
    assert line not in said


def test_a_name_that_stands_twice_is_told_with_both_lines(refused):
    said = refused("LSQ_SECRET_KEY=$ecret\n\nexport LSQ_SECRET_KEY=$ecret2\n")
    assert "LSQ_SECRET_KEY stands in line 1 and again in line 3: keep one of them" in said


def test_a_name_of_another_program_may_stand_twice(env_file):
    path = env_file("PATH=/bin\nLSQ_SECRET_KEY=x\nPATH=/usr/bin\n")
    assert read_env_file(path) == {"LSQ_SECRET_KEY": "x"}


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("LSQ_SECRETKEY", "did you mean LSQ_SECRET_KEY?"),
        ("lsq_api_host", "did you mean LSQ_API_HOST?"),
        ("IMPORTER_STATES", "did you mean IMPORTER_STATE?"),
        ("IMPORTER_X_Y_Z_0_1_2", "it knows LSQ_API_HOST, LSQ_ACCESS_KEY,"),
    ],
)
def test_a_name_of_ours_that_does_not_exist_is_told_with_the_one_that_is_meant(refused, name, hint):
    said = refused(f"PATH=/bin\n{name}=$ecret")
    assert f"line 2: {name} is no name that the importer knows" in said
    assert hint in said


@pytest.mark.parametrize("content", ["LSQ_RATE=25/5\n".encode("utf-16"), b"LSQ_SECRET_KEY=$ecret\xe9"])
def test_a_file_that_is_not_utf_8_is_refused(refused, content):
    assert "keys.env is not UTF-8: save it" in refused(content)


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o777])
def test_a_file_that_others_can_read_or_change_is_refused_with_what_to_type(refused, tmp_path, mode):
    said = refused("LSQ_SECRET_KEY=$ecret", mode)
    assert "other users of this machine can read or change it" in said
    assert f"Type: chmod 600 {tmp_path / 'keys.env'}\n" in said


@posix
@pytest.mark.parametrize("mode", [0o600, 0o400, 0o711])
def test_a_file_that_only_its_owner_can_read_is_taken(env_file, mode):
    assert read_env_file(env_file("LSQ_RATE=1/1", mode)) == {"LSQ_RATE": "1/1"}


@posix
def test_a_pipe_is_as_good_as_a_file(tmp_path, importer, no_keys):
    reading, writing = os.pipe()
    os.write(writing, b"LSQ_ACCESS_KEY=x\n")
    os.close(writing)
    done = importer("keys", "--env-file", f"/dev/fd/{reading}")
    os.close(reading)
    assert f"LSQ_ACCESS_KEY  set (not shown), from /dev/fd/{reading} (--env-file)" in done.stdout


def test_a_file_that_is_missing_or_a_folder_is_told(tmp_path, importer, no_keys):
    missing = importer("history", "--env-file", tmp_path / "none.env")
    assert (missing.exit_code, missing.stderr) == (
        2,
        f"--env-file: there is no file {tmp_path / 'none.env'}.\n",
    )
    room = importer("look", "enquiries.csv", "--env-file", tmp_path)
    assert (room.exit_code, "is a folder" in room.stderr) == (2, True)


@posix
@pytest.mark.parametrize(
    ("name", "why"), [("file/keys.env", "Not a directory"), ("x" * 300, "File name too long")]
)
def test_a_file_that_cannot_be_read_is_told(tmp_path, importer, no_keys, name, why):
    (tmp_path / "file").write_text("")
    done = importer("history", "--env-file", tmp_path / name)
    assert done.exit_code == 2
    assert f"{name} cannot be read ({why})." in done.stderr


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_its_owner_may_not_read_is_told(env_file, importer, no_keys):
    done = importer("history", "--env-file", env_file("LSQ_RATE=1/1", 0o000))
    assert done.exit_code == 2
    assert "keys.env cannot be read (Permission denied)." in done.stderr
