"""Publication: a plan becomes a revision, together with everything that follows from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from constraints.reading import read_rules
from constraints.verify import verify
from rota.caption import UNTOLD, Caption, captions
from rota.case import Case
from rota.changes.answers import lasting
from rota.difference import affected, told, unlike
from rota.document import State, canonical
from rota.plan import CaseRef, Plan, Session, dump_plan, load_plan
from rota.reminding import undisturbed
from rota.stamp import Stamp
from rota.text import clauses, several, text
from scheduler.keeping.arming import arm, moment
from scheduler.keeping.chain import Head, Writing, entries
from scheduler.keeping.errors import RefusedPlanError, StaleDraftError, StoreError
from scheduler.keeping.folding import advanced, digest_of, edits_of, opened, rows_before
from scheduler.keeping.inviting import Occasion, invite, invitees
from scheduler.keeping.tables import CHANGE, OUTBOX, PLAN, REVISION, SESSION_STAMP
from scheduler.keeping.transaction import Transaction, What

PUBLISHED = "published"
NOTICE = "notice"
NO_PLAN = Plan(case=CaseRef(title="", hash=""))
"""What the first revision follows on."""
OF_USE = dt.timedelta(days=7)
"""So long a notice is of use."""
MOST_SAID = 3
"""So many breaches are said of a plan that is refused."""


@dataclass(frozen=True)
class Revision:
    """A published plan (版本).

    `plan` is the digest of the plan, `sequence` the change that published it, `case_sequence` the newest change that it
    answers, `head` the chain's head to be printed beside it.
    """

    number: int
    stream: str
    plan: str
    case_sequence: int
    sequence: int
    case_hash: str
    at: dt.datetime
    head: str


@dataclass(frozen=True)
class SessionRow:
    """What is kept of one session that was ever published; `last` is the session as canonical JSON."""

    session: str
    sequence: int
    first_revision: int
    last_revision: int
    modified: str
    cancelled: int
    last: str

    @property
    def stamp(self) -> Stamp:
        """The stamp that feeds show."""
        last = Session.model_validate_json(self.last)
        return Stamp(self.sequence, dt.datetime.fromisoformat(self.modified), bool(self.cancelled), last)


def as_kept(plan: Plan) -> Plan:
    """Return a plan as it is kept: what it was made from is the revision's to say.

    Why sessions were declined may name people, and can be worked out again.
    """
    declined = tuple(each.model_copy(update={"reason": ""}) for each in plan.declined)
    return plan.model_copy(update={"declined": declined}).made_from(None)


def refuse_unsound(case: Case, plan: Plan, *, past: Collection[str], accept_open: bool) -> None:
    """Let nothing be published that breaks what must hold; what the sessions of the `past` did among themselves stands.

    Raises:
        RefusedPlanError: the verifier does not pass the plan, or it leaves seats open that nobody accepted.
    """
    breaches = tuple(breach.message for breach in verify(case, read_rules(case), plan, past).breaches)
    if breaches:
        raise RefusedPlanError(
            text(
                "The plan does not hold and is not published (breaches: {n}): {first}",
                "安排未通过校验，不予发布（{n} 处违反）：{first}",
                n=len(breaches),
                first=clauses(breaches[:MOST_SAID]),
            ),
            breaches,
        )
    if plan.open and not accept_open:
        raise RefusedPlanError(
            text(
                "The plan leaves {n} open. Fill them, or accept them expressly.",
                "安排中有 {n}。请补齐，或明确接受空缺。",
                n=several(sum(seat.missing for seat in plan.open), "place", "处空缺"),
            )
        )


def refuse_stale(connection: Connection, stream: str, plan: Plan, base: int | None, case: Case) -> Revision | None:
    """Return the newest revision, which the plan must be based on.

    Raises:
        StaleDraftError: it is based on another one, or answers another case.
    """
    newest = newest_revision(connection, stream)
    if base != (newest.number if newest else None):
        raise StaleDraftError(
            text(
                "The draft is based on {base}, but {newest} is the newest. `rota diff` shows what differs; "
                "`rota replan` makes a draft from there.",
                "草案基于{base}，而最新为{newest}。`rota diff` 查看差异，`rota replan` 据最新版本重新修复。",
                base=_revision_label(base),
                newest=_revision_label(newest.number if newest else None),
            )
        )
    if plan.case.hash != case.hash:
        raise StaleDraftError(
            text(
                "The case has changed since the draft was made. `rota replan` makes a new one.",
                "草案生成后资料已有改动。请运行 `rota replan` 重新生成。",
            )
        )
    return newest


def _revision_label(number: int | None) -> object:
    return text("no revision", "尚无版本") if number is None else text("revision {n}", "第 {n} 版", n=number)


def write_revision(
    transaction: Transaction, head: Head, plan: Plan, base: Revision | None, writing: Writing
) -> Revision:
    """Write a plan and all that follows from it: revision, stamps, the change itself, and notices to those affected.

    With it go the answers to seats that have gone to others or to another time.
    """
    connection, stream, before = transaction.connection, head.stream, transaction.snapshot(head)
    edits, after = advanced(transaction.sealer, before, lasting(before.state, plan))
    number = (connection.execute(select(func.max(REVISION.c.number))).scalar() or 0) + 1
    kept = as_kept(plan)
    old = read_plan(connection, base.plan) if base else None
    retold = _retold(transaction, head, (base, old), kept) if base and old else ()
    case_sequence = newest_of_case(connection, stream)
    body = {
        "revision": number,
        "base": base.number if base else None,
        "plan": kept.hash,
        "case": {"hash": plan.case.hash, "sequence": case_sequence, "rows": digest_of(after.sealed)},
        "retold": list(retold),
    }
    published = transaction.write(stream, What(PUBLISHED, body), writing, edits, before, after)
    if connection.execute(select(PLAN.c.digest).where(PLAN.c.digest == kept.hash)).one_or_none() is None:
        connection.execute(insert(PLAN), {"digest": kept.hash, "body": dump_plan(kept)})
    written_at = dt.datetime.fromisoformat(published.at)
    written = Revision(
        number, stream, kept.hash, case_sequence, published.sequence, plan.case.hash, written_at, published.digest
    )
    connection.execute(insert(REVISION), {**vars(written), "at": published.at})
    rows = session_rows(connection, stream)
    write_stamps(connection, stream, stamped(rows, kept, number, published.at, retold, old or NO_PLAN))
    case = after.state.case
    listening = told(old or NO_PLAN, kept, written_at)  # nobody is told of turns that are over
    bodies = {who: body for who, body in notices(old, kept).items() if who in listening}
    _write_notices(connection, case, bodies, number, published.at)
    arm(connection, stream, case, kept, number, published.at)
    invite(connection, stream, Occasion(number, kept, after.state, session_rows(connection, stream), published.at))
    return written


def rearm(connection: Connection, before: Case, after: State, now: str) -> None:
    """Put reminders and invitations in order where a change exchanged what says who gets them, and when."""
    asking, inviting = _asking(before) != _asking(after.case), _inviting(before) != _inviting(after.case)
    stream = after.case.settings.id
    newest = newest_revision(connection, stream) if asking or inviting else None
    if newest is None:
        return
    plan = read_plan(connection, newest.plan)
    if asking:
        arm(connection, stream, after.case, plan, newest.number, now)
    if inviting:
        invite(connection, stream, Occasion(newest.number, plan, after, session_rows(connection, stream), now))


def _inviting(case: Case) -> object:
    return case.settings.invitations and {contact.of: invitees(case, contact.of) for contact in case.contacts}


def _asking(case: Case) -> object:
    zones = [(site.id, site.zone) for site in case.sites]
    return case.reminders, case.settings.quiet, case.settings.zone, zones


def newest_of_case(connection: Connection, stream: str) -> int:
    """Return the newest change of a stream that may have changed the case."""
    query = select(func.max(CHANGE.c.sequence)).where(CHANGE.c.stream == stream, CHANGE.c.kind != PUBLISHED)
    return int(connection.execute(query).scalar_one())


def stamped(
    before: Mapping[str, SessionRow],
    plan: Plan,
    number: int,
    at: str,
    retold: Collection[str] = (),
    old: Plan = NO_PLAN,
) -> Iterator[SessionRow]:
    """Yield the rows of all sessions that a publication touches; what is as in the `old` plan need not be written out.

    The counter begins at 0 and goes up with every difference in what is published of the session, its cancellation and
    its return included, and where it is `retold`; it never goes back.
    """
    for session in plan.sessions:
        known = before.get(session.id)
        if known and not known.cancelled and session.id not in retold and _same(old.session.get(session.id), session):
            continue
        last = canonical(session.model_dump(mode="json"))
        if known is None:
            yield SessionRow(session.id, 0, number, number, at, 0, last)
        elif known.cancelled or known.last != last or session.id in retold:
            yield SessionRow(session.id, known.sequence + 1, known.first_revision, number, at, 0, last)
    for id_, known in before.items():
        if id_ not in plan.session and not known.cancelled:
            yield SessionRow(id_, known.sequence + 1, known.first_revision, number, at, 1, known.last)


def _same(before: Session | None, after: Session) -> bool:
    """Tell whether a session is written as it was; equal moments may be told in two zones."""
    if before is None or before != after:
        return False
    return all(one.utcoffset() == other.utcoffset() for one, other in zip(_times(before), _times(after), strict=True))


def _times(session: Session) -> tuple[dt.datetime, dt.datetime]:
    return session.start, session.end


def told_otherwise(before: Mapping[str, SessionRow], sessions: Collection[str], at: str) -> Iterator[SessionRow]:
    """Yield the rows of sessions of which something else is told, although the same revision is published."""
    for id_, known in before.items():
        if id_ in sessions and not known.cancelled:
            yield replace(known, sequence=known.sequence + 1, modified=at)


def _retold(transaction: Transaction, head: Head, old: tuple[Revision, Plan], new: Plan) -> tuple[str, ...]:
    """Return the sessions of which something else is told than in the revision before: names, places, open seats.

    They are written into the change, for texts that are compared now may be erased later.
    """
    (base, plan), snapshot = old, transaction.snapshot(head)
    since = list(entries(transaction.connection, head.stream, after=base.case_sequence))
    case = snapshot.state.case
    if all(edit.table in UNTOLD for entry in since for edit in edits_of(entry)):
        touched = {*unlike(plan, new)}
        if plan.open != new.open:
            touched |= {seat.session for seat in (*plan.open, *new.open)}
        return differing(captions(case, plan, touched), captions(case, new, touched))
    known = opened(transaction.sealer, rows_before(snapshot.sealed, since)).state.case
    return differing(captions(known, plan), captions(case, new))


def differing(before: Mapping[str, Caption], after: Mapping[str, Caption]) -> tuple[str, ...]:
    """Return the sessions, in order of their ids, of which something else is told than before."""
    return tuple(sorted(id_ for id_ in before.keys() & after.keys() if before[id_] != after[id_]))


def write_stamps(connection: Connection, stream: str, rows: Iterable[SessionRow]) -> None:
    """Put the rows of some sessions in the place of those that were kept of them."""
    new = [{"stream": stream, **vars(row)} for row in rows]
    if new:
        this = SESSION_STAMP.c.stream == stream, SESSION_STAMP.c.session == bindparam("this")
        connection.execute(delete(SESSION_STAMP).where(*this), [{"this": row["session"]} for row in new])
        connection.execute(insert(SESSION_STAMP), new)


def session_rows(connection: Connection, stream: str) -> dict[str, SessionRow]:
    """Return what is kept of the sessions of a stream, by id."""
    columns = [column for column in SESSION_STAMP.c if column.name != "stream"]
    query = select(*columns).where(SESSION_STAMP.c.stream == stream).order_by(SESSION_STAMP.c.session)
    return {row.session: SessionRow(*row) for row in connection.execute(query)}


def notices(old: Plan | None, new: Plan) -> dict[str, str]:
    """Return the body of the notice to each whose turns differ; it holds ids only."""
    before = old or NO_PLAN
    return {who: canonical({"sessions": list(sessions)}) for who, sessions in affected(before, new).items()}


def _write_notices(connection: Connection, case: Case, bodies: Mapping[str, str], number: int, at: str) -> None:
    now = dt.datetime.fromisoformat(at)
    until = now + OF_USE
    due = undisturbed(case, now, case.zone, until)
    rows = [
        {
            "key": f"{NOTICE}:{number}:{who}",
            "revision": number,
            "stream": case.settings.id,
            "recipient": who,
            "kind": NOTICE,
            "body": body,
            "due": moment(due),
            "until": moment(until),
            "state": "waiting",
            "attempts": 0,
        }
        for who, body in bodies.items()
    ]
    if rows:
        connection.execute(insert(OUTBOX), rows)


def newest_revision(connection: Connection, stream: str) -> Revision | None:
    """Return the newest revision of a stream."""
    return next(iter(revisions(connection, stream, newest=True)), None)


def revisions(connection: Connection, stream: str | None, *, newest: bool = False) -> list[Revision]:
    """Return the revisions of a stream, or all, the oldest first; or only the newest."""
    query = select(REVISION).order_by(REVISION.c.number.desc() if newest else REVISION.c.number)
    if stream is not None:
        query = query.where(REVISION.c.stream == stream)
    if newest:
        query = query.limit(1)
    found = connection.execute(query).mappings()
    return [Revision(**{**row, "at": dt.datetime.fromisoformat(row["at"])}) for row in found]


def revision(connection: Connection, number: int) -> Revision:
    """Return one revision.

    Raises:
        StoreError: there is none of this number.
    """
    found = [each for each in revisions(connection, None) if each.number == number]
    if not found:
        raise StoreError(text("There is no revision {n}.", "没有第 {n} 版。", n=number))
    return found[0]


def read_plan(connection: Connection, digest: str) -> Plan:
    """Return a published plan."""
    return _loaded(connection.execute(select(PLAN.c.body).where(PLAN.c.digest == digest)).scalar_one())


@lru_cache(maxsize=2)
def _loaded(body: str) -> Plan:
    """Return a plan as it is written down; a command asks for the newest one, and for the one before, several times."""
    return load_plan(body)
