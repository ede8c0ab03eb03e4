"""What the tests share: a simulated LeadSquared, an operator's folder, and the program itself."""

import csv
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from importer.cli import main
from importer.simulator import Simulator

MAPPING = """\
version: 1
name: Enquiries
day_first: true
lead:
  search_by: EmailAddress
  attributes:
    EmailAddress: {column: Email, kind: email, required: true}
    FirstName: First Name
opportunity:
  event_code: 12000
  fields:
    mx_Custom_1: {column: Product, required: true}
    mx_Custom_5: {column: Amount, kind: number, min: 1}
    Owner: {column: Owner, kind: guid}
"""


@dataclass(frozen=True)
class Finished:
    """How the program ended, and what it said."""

    exit_code: int
    stdout: str
    stderr: str


class Folder:
    """A folder of the operator's, with one mapping in `mappings/`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.mapping(MAPPING)

    def mapping(self, text: str, name: str = "enquiries.yaml") -> Path:
        path = self.path / "mappings" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def sheet(
        self, *rows: str, name: str = "enquiries.csv", headings: str = "Email,First Name,Product"
    ) -> Path:
        path = self.path / name
        path.write_text("\n".join([headings, *rows, ""]), encoding="utf-8")
        return path

    def people(self, count: int, name: str = "enquiries.csv") -> Path:
        rows = (f"person{number}@example.com,Person {number},Loan {number}" for number in range(1, count + 1))
        return self.sheet(*rows, name=name)


@pytest.fixture(autouse=True)
def no_keys_of_this_machine(monkeypatch):
    """No test meets keys that whoever runs it keeps in the system's keyring or gets from systemd."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Folder(tmp_path)


@pytest.fixture
def simulator():
    with Simulator(rate=None).serving() as served:
        yield served


@pytest.fixture
def connect(tmp_path, monkeypatch):
    """Sets the environment so that the program talks to this url, faster than any real limit."""

    def point_at(url: str, rate: str = "1000/1") -> None:
        values = {"LSQ_API_HOST": url, "LSQ_ACCESS_KEY": "access$key", "LSQ_SECRET_KEY": "secret$key"}
        for name, value in (values | {"LSQ_RATE": rate, "IMPORTER_STATE": str(tmp_path / "state")}).items():
            monkeypatch.setenv(name, value)

    return point_at


@pytest.fixture
def connected(simulator, connect):
    """The simulator, and an environment that leads to it."""
    connect(simulator.url)
    return simulator


@pytest.fixture
def no_keys(tmp_path, monkeypatch):
    """An environment that says nothing of LeadSquared, with a state folder of the test's own."""
    for name in ("LSQ_API_HOST", "LSQ_ACCESS_KEY", "LSQ_SECRET_KEY", "LSQ_RATE", "LSQ_DAILY_CALLS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("IMPORTER_STATE", str(tmp_path / "state"))


@pytest.fixture
def importer(capsys):
    """The program, called in this process as from the command line."""

    def call(*words: object) -> Finished:
        try:
            code = main([str(word) for word in words])
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = capsys.readouterr()
        return Finished(code, out, err)

    return call


@pytest.fixture
def start():
    """The program as a process of its own; what still runs at the end is ended."""
    started = []

    def begin(*words: object, **environment: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "importer", *map(str, words)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=os.environ | {"PYTHONIOENCODING": "utf-8"} | environment,
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def nobody_answers():
    """The url of a port on which nothing listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


def free_port() -> int:
    """A port on which nothing listens just now."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def result_rows(path: Path) -> list[dict[str, str]]:
    """The lines of a .csv result file by heading."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def outcomes(path: Path) -> list[str]:
    return [line["Outcome"] for line in result_rows(path)]


def announced(simulator: subprocess.Popen[str]) -> str:
    """The url that `importer simulate` prints first."""
    line = simulator.stdout.readline() if simulator.stdout else ""
    return next(word for word in line.split() if word.startswith("http://"))
