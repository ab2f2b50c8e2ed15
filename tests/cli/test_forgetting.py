"""Forgetting people on the command line: nothing is left of them, in no file and no working copy."""

import datetime as dt
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from shutil import copytree
from zipfile import ZipFile, is_zipfile

import pytest
from openpyxl import load_workbook

from console.loading import case_file
from rota.plan import load_plan
from rota.text import Language
from tests.cli.conftest import Rota


@pytest.fixture
def published(publish: Callable[..., Path]) -> Path:
    """The starter case with its plan published as revision 1."""
    return publish("--actor", "Li", "--note", "first")


def test_who_is_forgotten_stands_in_no_file(rota: Rota, published: Path) -> None:
    name = (published / "people.csv").read_text("utf-8-sig").splitlines()[1].split(",")[1]
    ended = rota("forget", name, "--yes", "--case", published)
    assert ended.code == 0
    assert "itself stays" not in ended.out  # P01 names nobody
    for file in published.iterdir():
        assert name.encode() not in file.read_bytes(), file.name
    assert rota("audit", published).code == 0
    assert rota("check", published).code == 0
    assert rota("verify", published).code == 0


@pytest.mark.parametrize(
    ("lang", "told"), [("en", "is a contact of {unit} (U01)"), ("zh", "是以下对象的联系人：{unit}（U01）")]
)
def test_a_contact_is_said_to_be_forgotten_by_the_id_of_whom_it_is(
    rota: Rota, published: Path, lang: Language, told: str
) -> None:
    case = case_file(published).required()
    contact = next(contact.name for contact in case.contacts if contact.of == "U01")
    ended = rota("forget", contact, "--yes", "--lang", lang, "--case", published)
    assert (ended.code, ended.out) == (5, "")
    assert told.format(unit=case.label["U01"].say(lang)) in ended.err
    assert "`rota forget U01`" in ended.err


def test_who_has_turns_to_come_is_named_with_them_and_forgotten_only_where_somebody_is_sure(
    rota: Rota, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.desk.now", lambda: dt.datetime(2026, 3, 20, tzinfo=dt.UTC))
    plan = load_plan((published / "plan.json").read_text("utf-8"))
    serving = [s for s in plan.sessions if "P01" in s.serving("instructor") and f"{s.start:%m-%d}" > "03-20"]
    ended = rota("forget", "P01", "--case", published)
    assert (ended.code, ended.out) == (5, "")
    assert f"still has {len(serving)} turns to come: Fortnightly service day {serving[0].start:%Y-%m-%d}" in ended.err
    assert "`rota change person_left P01 LAST-DAY`" in ended.err
    assert ended.err.endswith("Nothing was erased. If it is meant, run it again with --yes.\n")
    assert "Personal texts" not in rota("history", published).out
    assert rota("forget", "P01", "--yes", "--case", published).code == 0
    assert "Personal texts were erased: 3 (id P01)" in rota("history", published).out
    assert "What was erased cannot be brought back (change 3)" in rota("undo", "3", "--case", published).err


@pytest.mark.parametrize(("typed", "code"), [("y\n", 0), ("是\n", 0), ("\n", 5), ("n\n", 5), ("", 5)])
def test_on_a_terminal_it_is_asked_before_somebody_is_forgotten(
    rota: Rota, published: Path, monkeypatch: pytest.MonkeyPatch, typed: str, code: int
) -> None:
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal(typed))
    ended = rota("forget", "P01", "--lang", "zh", "--case", published)
    assert ended.code == code, ended.err
    assert "确定永久抹除林老师（P01）的姓名、联系方式和原因说明？此操作无法撤销 [y/N] " in ended.err
    assert ("未抹除任何信息" in ended.err) == bool(code)


def test_the_audit_counts_and_anchors_what_was_forgotten_too(rota: Rota, published: Path) -> None:
    before = rota("audit", published).out
    assert "written: 2 changes" in before, before
    assert rota("forget", "P01", "--yes", "--case", published).code == 0
    after = rota("audit", published).out
    assert "written: 3 changes" in after, after
    assert before.split()[-1] != after.split()[-1]


@pytest.mark.slow
def test_an_id_that_may_give_the_name_away_is_said_to_stay(rota: Rota, planned: Path) -> None:
    for table in planned.glob("*.csv"):
        table.write_text(table.read_text("utf-8-sig").replace("P01", "ouyang"), "utf-8-sig")
    assert rota("plan", planned).code == 0
    assert rota("apply", "--case", planned, "--actor", "Li").code == 0
    assert 'The id "ouyang" itself stays' in rota("forget", "ouyang", "--yes", "--case", planned).out


def holding(folder: Path, *texts: str) -> list[tuple[str, str]]:
    """Which files hold which texts, workbooks with all that is packed in them."""
    contents = [(file.name, content) for file in folder.rglob("*") if file.is_file() for content in unpacked(file)]
    return [(file, each) for file, content in contents for each in texts if each.encode() in content]


def unpacked(file: Path) -> list[bytes]:
    if not is_zipfile(file):
        return [file.read_bytes()]
    with ZipFile(file) as packed:
        return [packed.read(name) for name in packed.namelist()]


MAIL = "chen@example.org"


@pytest.fixture
def known(rota: Rota, planned: Path) -> tuple[Path, str]:
    """The published case, in which a person can be reached, and the person's name."""
    name = (planned / "people.csv").read_text("utf-8-sig").splitlines()[1].split(",")[1]
    contacts = planned / "contacts.csv"
    header, *rest = contacts.read_text("utf-8-sig").splitlines()
    fields = [field.split()[-1] for field in header.split(",")]
    row = {"of": "P01", "name": name, "phone": "13800000001", "email": MAIL, "note": f"{name}老师"}
    contacts.write_text("\n".join([header, *rest, ",".join(row.get(f, "") for f in fields), ""]), "utf-8-sig")
    assert rota("apply", "--case", planned).code == 0
    return planned, name


@pytest.fixture
def forgotten(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    made_once: dict[tuple[str, ...], Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, str]:
    """A folder with a workbook from before somebody was forgotten, and the name: made once, and copied from then on."""
    if ("forgotten",) not in made_once:
        rota: Rota = request.getfixturevalue("rota")
        folder, name = request.getfixturevalue("known")
        assert rota("pull", folder.parent / "old.xlsx", "--case", folder).code == 0
        assert "other working copies" in rota("forget", name, "--yes", "--case", folder).out
        made_once["forgotten",] = copytree(folder.parent, tmp_path_factory.mktemp("forgotten") / name)
    once = made_once["forgotten",]
    return copytree(once, tmp_path / "station"), once.name


def settled(rota: Rota, folder: Path, *texts: str) -> None:
    """Nothing is left of what was forgotten, and the journal is sound."""
    assert holding(folder.parent, *texts) == []
    assert rota("audit", folder).code == 0
    assert rota("check", folder).code == 0


def test_an_edited_working_copy_is_synced_when_somebody_was_forgotten(rota: Rota, known: tuple[Path, str]) -> None:
    folder, name = known
    people = folder / "people.csv"
    people.write_text(people.read_text("utf-8-sig").replace("P02,", "P02,新"), "utf-8-sig")
    ended = rota("forget", "P01", "--yes", "--case", folder)
    assert "rota sync" in ended.err
    assert "新" in people.read_text("utf-8-sig")
    ended = rota("sync", "--case", folder)
    assert (ended.code, "stay erased" in ended.err) == (0, True), ended.err
    assert "P02,新" in people.read_text("utf-8-sig")
    settled(rota, folder, name, MAIL)


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ("sync",),
        ("pull",),
        pytest.param(("sync", "--keep", "mine"), marks=pytest.mark.slow),
        pytest.param(("sync", "--lang", "zh"), marks=pytest.mark.slow),
    ],
)
def test_an_old_workbook_does_not_bring_back_who_was_forgotten(
    rota: Rota, forgotten: tuple[Path, str], command: tuple[str, ...]
) -> None:
    station, name = forgotten
    folder, book = station / "rota-2026", station / "old.xlsx"
    assert holding(folder.parent, name, MAIL)
    ended = rota(*command, book, "--case", folder)
    assert (ended.code, ended.err.count("P01")) == (0, 0), ended.err
    settled(rota, folder, name, MAIL)
    assert rota("sync", book, "--case", folder).out == "Nothing was edited.\n"


@pytest.mark.slow
def test_an_old_workbook_with_edits_of_the_forgotten_row_gives_only_these(
    rota: Rota, forgotten: tuple[Path, str]
) -> None:
    station, name = forgotten
    folder, book = station / "rota-2026", station / "old.xlsx"
    opened = load_workbook(book)
    sheet = next(opened[title] for title in opened.sheetnames if title.startswith("联系人"))
    row = next(cells for cells in sheet.iter_rows(min_row=2) if cells[0].value == "P01")
    titles = [str(cell.value) for cell in sheet[1]]
    row[next(at for at, title in enumerate(titles) if "语言" in title)].value = "en"
    opened.save(book)
    assert rota("sync", book, "--case", folder).code == 0
    assert rota("pull", "--case", folder).code == 0
    (contact,) = [row for row in (folder / "contacts.csv").read_text("utf-8-sig").splitlines() if "P01" in row]
    assert ",en" in contact
    settled(rota, folder, name, MAIL)


@pytest.mark.slow
def test_what_is_typed_in_after_somebody_was_forgotten_holds(rota: Rota, known: tuple[Path, str]) -> None:
    folder, name = known
    assert rota("forget", name, "--yes", "--case", folder).code == 0
    people = folder / "people.csv"
    people.write_text(people.read_text("utf-8-sig").replace("P01,（已删除）", "P01,继任者"), "utf-8-sig")
    assert rota("sync", "--case", folder).code == 0
    assert "P01,继任者" in people.read_text("utf-8-sig")
    settled(rota, folder, name, MAIL)


@pytest.mark.slow
def test_the_folder_of_another_year_does_not_bring_back_who_was_forgotten(rota: Rota, known: tuple[Path, str]) -> None:
    folder, name = known
    following = folder.with_name("rota-2027")
    assert rota("next", "2027", folder, "-o", following, "--assume-held").code == 0
    assert rota("plan", following).code == 0
    assert rota("apply", "--case", following).code == 0
    assert rota("forget", name, "--yes", "--case", folder).code == 0
    assert holding(following, name)
    assert rota("pull", "--case", following).code == 0
    settled(rota, folder, name, MAIL)
    assert rota("check", following).code == 0
