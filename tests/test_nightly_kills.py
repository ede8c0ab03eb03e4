"""`importer nightly`, ended at each step of moving a file: the next pass ends as if nothing had happened."""

import json
import subprocess
import sys

import pytest

from importer.simulator import Simulator
from tests.nights import Night

# Ends the program as a kill does, before or after the n-th call of a function.
ENDED_AT = """
import importlib, os, sys
module, name, when = sys.argv[1].split(":")
owner = importlib.import_module(module)
*path, last = name.split(".")
for each in path:
    owner = getattr(owner, each)
function, left = getattr(owner, last), int(sys.argv[2])
def ending(*values, **named):
    global left
    left -= 1
    if not left and when == "before":
        os._exit(9)
    answer = function(*values, **named)
    if not left:
        os._exit(9)
    return answer
setattr(owner, last, ending)
from importer.cli import main
raise SystemExit(main(sys.argv[3:]))
"""

# What was not stored is known to be absent sooner.
SOON = ("--patience", "2")

STEPS = (
    "importer.trays:Trays.take:before",
    "importer.trays:Trays.take:after",
    "importer.trays:Trays.write:after",
    "importer.runs:Runs.begin:after",
    "importer.entries:Entries.sending:after",
    "importer.entries:Entries.settle:after",
    "importer.runs:Runs.end:before",
    "importer.runs:Runs.end:after",
    "importer.history:write_results:after",
    "importer.runs:Runs.name_result:after",
    "importer.work_at_file:land_text:after",
    "importer.runs:Runs.forget_lock:after",
    "importer.pass_so_far:SoFar.add:before",
    "importer.pass_so_far:SoFar.add:after",
    "importer.trays:moved:before",
    "importer.trays:moved:after",
    "importer.nightly:write_json:before",
    "importer.nightly:write_json:after",
)


@pytest.mark.slow
@pytest.mark.parametrize("call", [1, 2, 3])
@pytest.mark.parametrize("step", STEPS)
def test_ended_at_any_step_every_file_ends_where_it_belongs(tmp_path, connect, importer, step, call):
    night = Night(tmp_path / "night")
    night.people("a.csv", 3, age=900)
    night.put("b.csv", "x@example.com,X,Loan x", "no address,Y,Loan y", age=800)
    night.file("c.xlsx", b"PK\x03\x04", age=700)
    night.people("d.csv", 2, first=50, age=600)
    with Simulator(rate=None).serving() as simulator:
        connect(simulator.url)
        ended = subprocess.run(
            [sys.executable, "-c", ENDED_AT, step, str(call), "nightly", str(night.path), *SOON],
            capture_output=True, check=False,
        )  # fmt: skip
        done = importer("nightly", night.path, *SOON)
        deals = sorted(str(each.fields["mx_Custom_1"]) for each in simulator.opportunities)
    assert deals == ["Loan 1", "Loan 2", "Loan 3", "Loan 50", "Loan 51", "Loan x"]
    trays = {
        "inbox": [],
        "working": [],
        "done": ["a.csv", "d.csv"],
        "attention": ["b.csv"],
        "failed": ["c.xlsx"],
    }
    assert night.trays() == trays
    # What the pass that was ended had not told yet, this one tells.
    assert done.exit_code == (2 if ended.returncode == 9 else 0), done.stderr
    for place, name in (("done", "a.csv"), ("attention", "b.csv"), ("done", "d.csv")):
        folder = night.own_folder(place, name)
        result = name.replace(".csv", ".result.xlsx")
        assert {each.name for each in folder.iterdir()} == {name, result, "summary.json"}
        assert json.loads((folder / "summary.json").read_text(encoding="utf-8"))["place"] == place
    assert "working" not in importer("history", "--json").stdout
