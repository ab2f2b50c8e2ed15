"""Run `rota …` as of another moment, from which its clock goes on: `python moment.py 2027-03-01T09:00+08:00 serve`."""

import datetime as dt
import sys

import console.desk


def clock_from(moment: str) -> None:
    """Set the clock that commands take; whoever imports it later gets this one."""
    ahead = dt.datetime.fromisoformat(moment) - dt.datetime.now(tz=dt.UTC)
    console.desk.now = lambda: dt.datetime.now(tz=dt.UTC) + ahead


if __name__ == "__main__":
    clock_from(sys.argv.pop(1))
    from cli import main

    main()
