"""The house keeps its order: who may import whom, what README says, and what starting costs."""

import ast
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from importer.command_line import VERBS, parser
from importer.settings import DOCUMENTED_LIMIT

TOP = Path(__file__).parents[1]
PACKAGE = TOP / "importer"
README = (TOP / "README.md").read_text(encoding="utf-8")
COMMANDS = [verb.__name__.strip("_") for verb in VERBS]

LAYERS = (
    "account_schema answers boot cell_names cell_text errors file_facts folding formulas freshness "
    "help_words legacy_workbook outage own_window progress quick_worksheet records repeats reply_details "
    "schema_parts simulator spelling streams tell templates texts xml_limits yaml_lines zip_limits",
    "advice ages budget bugs capture_body cell_writer choices command_options console database dates "
    "deadline decisions excel_cells excel_merged fitting_kinds html_table interruption json_report log "
    "log_file looks mapping_texts metadata naming numbers phones reading references remarks result_columns "
    "settings sheet_file slowdown summary synonyms targets text_encoding told traces troubles worksheets "
    "yaml_text",
    "column_tally command_line_past csv_sheet date_guess days env_file excel_workbook html_sheet http_client "
    "journal landing legacy mail mapping_source needed order owners passes phone_guess replies rules "
    "schema_file simulating stored_keys summary_page",
    "account_store choice_guess command_line excel_sheet key_sources leadsquared mapping_model metrics moved "
    "sent sheet_lock slots stored_tally undone values waiting webhook workbook",
    "entry_lines header_guess kind_guess mapping_faults mapping_schema mapping_shape pace questions runs "
    "sheet source_rules under_account",
    "account asked asking entries field_faults lead_texts learning oddities original purged undo_words",
    "air changes doctor holding inquiry keys open_opportunities profile purge_words results undo_refusals "
    "verify",
    "account_report account_several look mapping purge undoing unsettled",
    "account_words assigned guesses history layout look_words sender template_columns",
    "dependents example_row find pass_summary reconcile seats sources trays undo_result unknown_choices",
    "account_seats drafting history_words inbox its_journal listening pass_so_far template undo validate",
    "draft_text notice_words plan reports",
    "draft knowing notice noticing result_files stopped_json",
    "check comparing",
    "carried check_words",
    "preparing survey",
    "forecast",
    "importing",
    "run",
    "demo work_at_file",
    "commands nightly",
    "sending",
    "endings",
    "cli",
)

LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names.split()}


def modules() -> dict[str, Path]:
    found = {path.stem: path for path in PACKAGE.glob("*.py") if path.stem not in ("__init__", "__main__")}
    return found | {"simulator": PACKAGE / "simulator" / "__init__.py"}


def imported(path: Path) -> set[str]:
    """The modules of ours that this file imports, wherever in its text."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "importer":
            found |= {alias.name for alias in node.names if alias.name != "__version__"}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("importer."):
            found.add((node.module or "").split(".")[1])
    return found


def test_every_module_has_its_layer():
    assert set(LEVEL) == set(modules())


@pytest.mark.parametrize("name", sorted(set(modules()) - {"simulator"}))
def test_a_module_imports_only_from_layers_below_its_own(name):
    above = {other for other in imported(modules()[name]) if LEVEL[other] >= LEVEL[name]}
    assert not above


def test_the_simulator_imports_nothing_of_ours():
    for path in (PACKAGE / "simulator").glob("*.py"):
        assert imported(path) <= {"simulator"}, path.name


def test_help_is_there_before_anything_heavy():
    heavy = ("pandas", "httpx", "openpyxl", "pydantic", "xlsxwriter", "pyrate_limiter", "phonenumbers")
    rarely_used = ("prometheus_client", "smtplib")
    program = f"""
import sys
from importer.cli import main
try:
    main(["--help"])
except SystemExit as end:
    print([name for name in {heavy + rarely_used!r} if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("verb", COMMANDS)
def test_the_help_of_every_command_shows_an_example_that_parses(importer, verb):
    done = importer(verb, "--help")
    example = done.stdout.split("example:")[1].strip()
    assert done.exit_code == 0
    assert parser().parse_args(shlex.split(example)[1:])


def test_python_m_importer_is_the_same_program():
    words = [sys.executable, "-m", "importer", "--version"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert re.fullmatch(r"importer \d+\.\d+\.\d+\n", done.stdout)


def commands_in_readme() -> list[str]:
    """Every line of README's code blocks that calls the importer."""
    blocks = re.findall(r"```(?:sh|text|bat)\n(.*?)```", README, re.DOTALL)
    lines = (line.strip() for block in blocks for line in block.splitlines())
    return [line for line in lines if line.startswith("importer ")]


@pytest.mark.parametrize("line", commands_in_readme())
def test_every_command_in_readme_is_a_real_one(line):
    assert parser().parse_args(shlex.split(line.split("  #")[0])[1:])


def test_readme_shows_the_real_help(importer):
    assert importer("--help").stdout.strip() in README


@pytest.mark.parametrize("verb", COMMANDS)
def test_readme_names_every_option(importer, verb):
    options = set(re.findall(r"--[a-z-]+", importer(verb, "--help").stdout)) - {"--help"}
    assert not {option for option in options if f"`{option}" not in README}


def test_readme_names_the_default_limit():
    assert f"`{DOCUMENTED_LIMIT}`" in README
