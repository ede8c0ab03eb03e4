"""README's examples for schedulers are what those take, and each command in them is one of ours."""

import ast
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from importer.command_line import read_command

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
PAGE = README.split("## Nightly runs\n")[1].split("\n## ")[0]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", PAGE, re.DOTALL | re.MULTILINE)


def is_a_pass(command: str) -> bool:
    """Whether the program takes these words."""
    words = shlex.split(command.replace("\\", "/"))
    return bool(read_command(words[1:]).command == "nightly")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd")
def test_the_units_are_taken_by_systemd(tmp_path):
    service, timer = blocks("ini")
    [command] = re.findall(r"^ExecStart=(.*)$", service, re.MULTILINE)
    assert is_a_pass(command)
    assert re.search(r"^SuccessExitStatus=1\b", service, re.MULTILINE)
    # Only where it is installed differs from machine to machine.
    here = service.replace(command.split()[0], sys.executable)
    (tmp_path / "importer-nightly.service").write_text(here, encoding="utf-8")
    (tmp_path / "importer-nightly.timer").write_text(timer, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "./importer-nightly.service", "./importer-nightly.timer"],  # noqa: S607
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_the_crontab_line_has_a_time_and_a_command_of_ours():
    [line] = blocks("crontab")
    *times, command = line.strip().split(maxsplit=5)
    assert all(re.fullmatch(r"[0-9*/,-]+", time) for time in times)
    assert is_a_pass(command)
    assert "%" not in command, "cron takes it for the end of the line"


def test_the_windows_task_fits_into_what_schtasks_takes():
    [line] = blocks("powershell")
    command = line.split('/TR "')[1].removesuffix('"\n')
    assert is_a_pass(command)
    assert len(command) <= 261


def test_the_cron_job_is_one_of_kubernetes_and_waits_for_answers():
    import kubernetes_validate

    [text] = [block for block in blocks("yaml") if "CronJob" in block]
    job = YAML(typ="safe").load(text)
    kubernetes_validate.validate(job, "1.34", strict=True)
    pod = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    assert is_a_pass(shlex.join(pod["containers"][0]["args"]))
    assert pod["terminationGracePeriodSeconds"] > 60 + 15 + 10


def test_the_task_of_airflow_is_python_and_runs_a_command_of_ours():
    [text] = blocks("python")
    texts = [node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)]
    [command] = [each for each in texts if isinstance(each, str) and each.startswith("importer ")]
    assert is_a_pass(command.split(" || ")[0])
    for code, ends in ((0, 0), (1, 0), (4, 0), (2, 2), (5, 5)):
        as_shell = command.replace(command.split(" || ")[0], f"(exit {code})")
        assert subprocess.run(["bash", "-c", as_shell], check=False).returncode == ends  # noqa: S607


def test_the_patterns_are_as_mappings_yaml_takes_them(tmp_path):
    from importer.assigned import assigned_in

    [text] = [block for block in blocks("yaml") if "partners" in block]
    (tmp_path / "mappings").mkdir()
    for name in ("partners", "home_loans"):
        (tmp_path / "mappings" / f"{name}.yaml").write_text("", encoding="utf-8")
    (tmp_path / "mappings.yaml").write_text(text, encoding="utf-8")
    assigned = assigned_in(tmp_path)
    assert assigned.mapping_for("Partners-May.csv") == tmp_path / "mappings" / "partners.yaml"
    assert assigned.mapping_for("may.XLSX") == tmp_path / "mappings" / "home_loans.yaml"
    assert assigned.mapping_for("may.csv") == tmp_path / "mappings"
