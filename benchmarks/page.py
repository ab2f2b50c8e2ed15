"""Write the figures of `docs/performance.md` that benchmarks print, from the results that are kept here as JSON.

`python -m benchmarks.page`; `--check` only says whether page and curves are as the results have them, and touches
nothing. What a benchmark printed is kept by naming a file: `python -m benchmarks.rotation.run --json
benchmarks/results/rotation.json`.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.results import KEPT, Run, read
from benchmarks.sections.claims import claims
from benchmarks.sections.courses import courses
from benchmarks.sections.districts import cluster, district, repairs
from benchmarks.sections.rotation import rotation
from benchmarks.sections.start import start
from benchmarks.sections.stations import stations

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE = DOCS / "performance.md"
FIGURES = DOCS / "figures"

SECTIONS: dict[str, Callable[[Sequence[Run], Path], Iterator[str]]] = {
    "stations": stations,
    "rotation": rotation,
    "courses": courses,
    "district": district,
    "repairs": repairs,
    "cluster": cluster,
    "start": start,
}
"""What says the runs of each benchmark, and draws their curves into a folder."""


def written(page: str, figures: Path) -> str:
    """Return the page with the results that are kept; the curves are drawn into a folder.

    Raises:
        LookupError: the page has no place for some of the results.
    """
    results = {name: read(kept) for name in SECTIONS if (kept := KEPT / f"{name}.json").exists()}
    for name, runs in results.items():
        page = _put(page, name, [_made(runs), "", *SECTIONS[name](runs, figures)])
    return _put(page, "claims", claims(results)) if _begin("claims") in page else page


def _put(page: str, name: str, said: Iterable[str]) -> str:
    """Put lines in the place that a page has for them."""
    before, begins, rest = page.partition(_begin(name))
    _, ends, after = rest.partition(_end(name))
    if not begins or not ends:
        raise LookupError(f"{PAGE.name} lacks {_begin(name)!r} with {_end(name)!r} below it")
    return "\n".join([f"{before}{_begin(name)}", "", *said, "", f"{_end(name)}{after}"])


def _made(runs: Sequence[Run]) -> str:
    """Say on what the runs were made, of which commits, and how busy the machine was before."""
    machines = [run["machine"] for run in runs]
    kinds = dict.fromkeys("{cores} cores, Python {python}, OR-Tools {ortools}".format(**each) for each in machines)
    models = dict.fromkeys(each["model"] for each in machines if each.get("model"))
    return f"{'; '.join([*kinds, *models, *_commits(runs), *_loads(machines)])}."


def _commits(runs: Sequence[Run]) -> Iterator[str]:
    """Say the commits, where any are known; older runs do not name theirs."""
    known = dict.fromkeys(run["commit"] for run in runs if run.get("commit"))
    if known:
        unnamed = sum(not run.get("commit") for run in runs)
        rest = f", {unnamed} of {len(runs)} runs without one" if unnamed else ""
        yield f"{'commit' if len(known) == 1 else 'commits'} {', '.join(known)}{rest}"


def _loads(machines: Sequence[Run]) -> Iterator[str]:
    loads = sorted({float(each["load"].partition(",")[0]) for each in machines if each["load"]})
    if loads:
        yield f"load before the runs {' to '.join(f'{load:g}' for load in sorted({loads[0], loads[-1]}))}"


def differences(page: str, new: str, drawn: Path, figures: Path) -> Iterator[str]:
    """Say what is not as the results have it: the page, and figures that are stale, missing or of no table."""
    if page != new:
        yield f"{PAGE.name} is stale"
    wanted, there = ({path.name: path.read_bytes() for path in folder.glob("*")} for folder in (drawn, figures))
    yield from (f"{name} is missing" for name in sorted(wanted.keys() - there.keys()))
    yield from (f"{name} belongs to no table" for name in sorted(there.keys() - wanted.keys()))
    yield from (f"{name} is stale" for name in sorted(wanted.keys() & there.keys()) if wanted[name] != there[name])


def _begin(name: str) -> str:
    return f"<!-- {name}: made by `python -m benchmarks.page` -->"


def _end(name: str) -> str:
    return f"<!-- end of {name} -->"


def main() -> None:
    """Write page and figures, or check them."""
    with TemporaryDirectory() as folder:
        drawn, page = Path(folder), PAGE.read_text(encoding="utf-8")
        new = written(page, drawn)
        if "--check" in sys.argv:
            stale = "; ".join(differences(page, new, drawn, FIGURES))
            sys.exit(f"Not what benchmarks/results say: {stale}. Run `make bench-page`." if stale else 0)
        PAGE.write_text(new, encoding="utf-8")
        FIGURES.mkdir(exist_ok=True)
        for figure in FIGURES.glob("*"):
            figure.unlink()
        for figure in drawn.iterdir():
            shutil.copy(figure, FIGURES)


if __name__ == "__main__":
    main()
