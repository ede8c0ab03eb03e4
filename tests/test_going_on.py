"""What a start finds that an earlier one has left behind: rows that nobody knows the end of."""

import pytest

from importer.journal import Journal
from importer.simulator import Simulator
from tests.conftest import outcomes


@pytest.fixture
def cut_off(tmp_path):
    """Leaves behind what a kill does while all rows sent so far are on their way."""

    def cut() -> None:
        with Journal(tmp_path / "state") as journal:
            journal.database.execute(
                "UPDATE entries SET ended = 'sending', lookup_name = 'EmailAddress', "
                "lookup_value = 'person' || (row - 1) || '@example.com' WHERE sends > 0"
            )
            journal.database.execute("UPDATE runs SET exit_code = NULL, finished = 0")

    return cut


@pytest.mark.timeout(30)
def test_a_sheet_that_grew_after_a_crash_does_not_wait_for_the_dead_run(folder, connect, importer, cut_off):
    with Simulator(rate=None).serving() as simulator:
        connect(simulator.url)
        importer("run", folder.people(3), "--limit", "1")
        cut_off()
        done = importer("run", folder.people(4), "--patience", "0.1", "--output", "out.csv")
    assert done.exit_code == 0, done.stderr
    assert outcomes(folder.path / "out.csv") == ["Skipped", "Created", "Created", "Created"]
    assert len(simulator.opportunities) == 4
