"""The samples and mappings that come along end as their expected results say."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from importer.demo import DEMO_ACCOUNT
from importer.simulator import OpportunityType, Simulator

TOP = Path(__file__).parents[1]

MAPPINGS = {
    "demo.csv": "home_loans.yaml",
    "home_loans.xlsx": "home_loans.yaml",
    "messy_excel.xlsx": "home_loans.yaml",
    "messy.csv": "every_feature.yaml",
    "study_enquiries.csv": "every_feature.yaml",
    "study_enquiries_excel.xlsx": "every_feature.yaml",
}

TYPES = {**DEMO_ACCOUNT.opportunity_types, 12001: OpportunityType("Study enquiry")}

# What is another in every run; that there is something is still compared.
VARIES = ("CreatedOpportunityId", "ConflictedOpportunityId", "RelatedProspectId", "RequestId", "SentAt")


def lines(path: Path) -> list[list[str]]:
    """The cells of a result file, with `…` for what is another in every run."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    headings = next(row for row in rows if "Outcome" in row)
    first = rows.index(headings) + 1
    places = [headings.index(name) for name in VARIES]
    varying = [
        [("…" if cell and place in places else cell) for place, cell in enumerate(row)]
        for row in rows[first:]
    ]
    return [*rows[:first], *varying]


@pytest.mark.parametrize("sample", MAPPINGS)
def test_a_sample_ends_as_expected(sample, connect, importer, tmp_path):
    unique = (*DEMO_ACCOUNT.unique_attributes, "mx_Student_Number")
    account = replace(DEMO_ACCOUNT, opportunity_types=TYPES, unique_attributes=unique)
    with Simulator(rate=None, account=account).serving() as simulator:
        connect(simulator.url)
        sheet = TOP / "data_samples" / sample
        importer(
            "run", sheet, "--mapping", TOP / "mappings" / MAPPINGS[sample], "--output", tmp_path / "out.csv"
        )
    assert lines(tmp_path / "out.csv") == lines(sheet.with_name(f"{sheet.stem}.expected.csv"))


@pytest.mark.parametrize("sample", MAPPINGS)
def test_the_mapping_of_a_sample_is_found_by_itself(sample, importer, monkeypatch):
    monkeypatch.chdir(TOP)
    report = json.loads(importer("check", Path("data_samples", sample), "--json").stdout)
    assert Path(report["mapping"]).name == MAPPINGS[sample]
