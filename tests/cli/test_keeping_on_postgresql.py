"""A plan is published, changed and repaired on the command line with its journal on PostgreSQL."""

from pathlib import Path

import pytest

from tests.cli.conftest import Rota
from tests.keeping.conftest import Places, databases, postgresql

__all__ = ["databases", "postgresql"]  # fixtures


@pytest.mark.slow
def test_the_first_publication_makes_the_tables_and_no_password_is_shown(
    rota: Rota,
    planned: Path,
    databases: Places,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ROTA_JOURNAL", databases().replace("rota@", "rota:secret@"))
    assert rota("plan", planned, "--dry-run").code == 0
    said = [rota("apply", "--case", planned)]
    assert said[0].code == 0, said[0].err
    assert "Revision 1 is published" in said[0].out
    said += [rota("away", "U03", "2026-03-07", "--case", planned), rota("history", planned), rota("audit", planned)]
    assert [each.code for each in said] == [0, 0, 0, 0]
    assert not any("secret" in each.out + each.err for each in said)
    assert not (planned / "journal.db").exists()
