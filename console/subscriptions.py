"""`rota feeds`: links are given out, listed, exchanged and taken back."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from calendars.subject import Subject, feed_key, views
from console.desk import Desk, DeskError
from console.links import draw, drawn, known_base, link_to, public_base, refuse_form
from console.naming import UnclearNameError, feed_named
from console.rendering import render
from rota.text import Language, Message, name, text
from scheduler.keeping.feeds import LARGE, Feeds
from web.agents import Program
from workbook.output.columns import columns

if TYPE_CHECKING:
    from console.links import Link
    from rota.case import Case
    from scheduler.keeping.subscribers import Issued, Subscriber

MINUTE = "%Y-%m-%d %H:%M"
ANSWERING = text(
    "Whoever has the page can read the calendar and answer in their name; the calendar's own link can only be read.",
    "持有个人页面链接的人可查看日历，并以该对象的名义答复；日历订阅链接只能查看。",
)
READ_ONLY = text("On this page there is nothing to answer; it can only be read.", "该页面只供查看，不能答复。")


def issue(
    desk: Desk,
    who: str,
    *,
    label: str,
    language: Language | None,
    public_url: str | None,
    output: Path | None,
    another: bool = False,
) -> None:
    """Make a link to a feed, and print it: this is the only time that it can be seen.

    Raises:
        RotaError: nothing is published, the feed is none, nobody knows the address of the server, or there is such a
            link already and not `another` is asked for.
    """
    case, _ = desk.state.case, desk.newest
    base = known_base(desk, public_url) or public_base(case, None)
    refuse_form(output)
    feed = feed_named(case, who)
    if not another:
        _refuse_second(desk, feed, label)
    issued = desk.journal.subscribers.issue(feed, language or case.settings.language, label)
    _show(desk, issued, base, output)


def _refuse_second(desk: Desk, feed: str, label: str) -> None:
    """Let nobody make a link who has forgotten that there is one; one with another label is for somebody else.

    Raises:
        DeskError: there is one already.
    """
    found = next((link for link in desk.journal.subscribers.all() if (link.subject, link.label) == (feed, label)), None)
    if found is not None:
        raise DeskError(
            text(
                "There is a link already: {what}. `rota feeds rotate {n}` exchanges it for a new one; --another makes "
                "one more beside it, and --label says for whom.",
                "已有链接：{what}。可用 `rota feeds rotate {n}` 更换；"
                "如需再发一条，请加 --another，并用 --label 注明给谁。",
                what=_told(desk, found),
                n=found.id,
            )
        )


def rotate(desk: Desk, said: str, *, public_url: str | None, output: Path | None) -> None:
    """Exchange the secret of a link; the link before leads nowhere from now on.

    Raises:
        RotaError: it is not known which link is meant, or at which address the server is.
    """
    base = known_base(desk, public_url) or public_base(desk.state.case, None)
    refuse_form(output)
    _show(desk, desk.journal.subscribers.rotate(_meant(desk, said).id), base, output)


def revoke(desk: Desk, said: str) -> None:
    """Let a link lead nowhere from now on.

    Raises:
        RotaError: it is not known which link is meant.
    """
    revoked = desk.journal.subscribers.revoke(_meant(desk, said).id)
    desk.screen.say(text("Revoked: {what}", "已停用：{what}", what=_told(desk, revoked)))
    desk.screen.emit({"revoked": revoked.id})


def show_links(desk: Desk) -> None:
    """Print all links in use, who has not seen the newest revision, and which feeds are too large."""
    links, newest = desk.journal.subscribers.all(), max((r.number for r in desk.journal.revisions()), default=0)
    screen, labels = desk.screen, feed_labels(desk.state.case)
    head = (
        ("no.", "feed", "for", "program", "last fetched", "page opened", "revision")
        if screen.language == "en"
        else ("编号", "日历", "给谁", "程序", "上次获取", "上次打开页面", "已见版本")
    )
    cells = [head, *(_cells(desk, labels, link, newest) for link in links)]
    screen.each(columns(cells, screen.width, yielding={1, 2}, right={0}))
    behind = [link for link in links if link.newest_seen < newest]
    screen.say(
        text(
            "Links: {n}; revision {newest} was not seen over {behind} of them.",
            "共 {n} 条链接，其中 {behind} 条尚未看到第 {newest} 版。",
            n=len(links),
            newest=newest,
            behind=len(behind),
        )
    )
    for size in Feeds(desk.journal.store, render).sizes():
        if size.size >= LARGE:
            screen.note(_large(_feed(labels, size.subject), size.size))
    screen.emit({"newest": newest, "links": [_body(link, newest) for link in links]})


def _show(desk: Desk, issued: Issued, base: str, output: Path | None) -> None:
    screen, link = desk.screen, link_to(base, issued)
    screen.say(_told(desk, issued.subscriber))
    screen.each(
        (
            text("Personal page: {url}", "个人页面：{url}", url=link.page),
            text("Calendar: {url}", "日历订阅：{url}", url=link.address),
            text("Calendar, at a tap on iPhone and Mac: {url}", "日历订阅（iPhone、Mac 点按）：{url}", url=link.webcal),
        )
    )
    if sys.stdout.isatty() and not screen.as_json:
        screen.say(drawn(link))
    if output is not None:
        draw(link, output)
        screen.say(str(output))
    answers = issued.subscriber.subject.partition("/")[0] in {Subject.UNIT, Subject.PERSON}
    screen.note(ANSWERING if answers else READ_ONLY)
    screen.note(
        text(
            "The links are shown this once; lost ones are exchanged by `rota feeds rotate {n}`.",
            "链接只显示这一次；遗失后可用 `rota feeds rotate {n}` 更换。",
            n=issued.subscriber.id,
        )
    )
    screen.emit({"link": issued.subscriber.id, **_addresses(link), "qr": str(output) if output else None})


def _addresses(link: Link) -> dict[str, object]:
    return {"page": link.page, "url": link.address, "webcal": link.webcal}


def _meant(desk: Desk, said: str) -> Subscriber:
    """Return the link that is meant by its number, its label, or the feed that it alone leads to.

    Raises:
        UnclearNameError: none, or several, are meant.
    """
    links = desk.journal.subscribers.all()
    found = [link for link in links if said in {str(link.id), link.label}]
    if not found and not said.isdecimal():
        subject = feed_named(desk.state.case, said)
        found = [link for link in links if link.subject == subject]
    if not found:
        raise UnclearNameError(
            text(
                'No link in use goes by "{said}". `rota feeds list` lists them.',
                "没有对应“{said}”的链接。可用 `rota feeds list` 查看。",
                said=said,
            )
        )
    if len(found) > 1:
        raise UnclearNameError(
            text(
                '"{said}" could be more than one link. Name it by its number in `rota feeds list`.',
                "“{said}”对应多条链接。请写 `rota feeds list` 中的编号。",
                said=said,
            )
        )
    return found[0]


def _cells(desk: Desk, labels: Mapping[str, Message], link: Subscriber, newest: int) -> tuple[str, ...]:
    language, zone = desk.screen.language, desk.state.case.zone
    feed = _feed(labels, link.subject).say(language)
    fetched, visited = (at.astimezone(zone).strftime(MINUTE) if at else "–" for at in (link.fetched, link.visited))
    number = link.newest_seen
    seen = "–" if not number else f"{number}" if number >= newest else f"{number} < {newest}"
    if not link.paged:
        visited = text("no page", "无页面").say(language)
    program = Program[link.agent.upper()].label.say(language) if link.agent else "–"
    return str(link.id), feed, link.label, program, fetched, visited, seen


def _told(desk: Desk, link: Subscriber) -> Message:
    label = _feed(feed_labels(desk.state.case), link.subject)
    if not link.label:
        return text("{n}. {feed}", "{n}. {feed}", n=link.id, feed=label)
    return text("{n}. {feed} ({who})", "{n}. {feed}（{who}）", n=link.id, feed=label, who=link.label)


def feed_labels(case: Case) -> Mapping[str, Message]:
    """Return what every feed is about, by its key."""
    labels = {
        feed_key(*view.key): text("{kind} {who}", "{kind}“{who}”", kind=view.subject.label, who=view.label)
        for view in views(case, case.settings.language)
    }
    return {**labels, feed_key(Subject.ALL, ""): Subject.ALL.label}


def _feed(labels: Mapping[str, Message], subject: str) -> Message:
    return labels.get(subject, name(subject))


def _large(feed: Message, size: int) -> Message:
    return text(
        "note: the feed {feed} has {n} kB; calendar programs may refuse 1 MB. Give out links to smaller ones.",
        "提示：{feed}的日历已有 {n} kB，接近 1 MB 时日历程序可能拒收；请改发范围较小的链接。",
        feed=feed,
        n=size // 1000,
    )


def _body(link: Subscriber, newest: int) -> dict[str, object]:
    return {
        "link": link.id,
        "feed": link.subject,
        "language": link.language,
        "label": link.label,
        "created": link.created.isoformat(),
        "rotated": link.rotated.isoformat() if link.rotated else None,
        "fetched": link.fetched.isoformat() if link.fetched else None,
        "program": link.agent,
        "revision": link.seen,
        "page": link.paged,
        "visited": link.visited.isoformat() if link.visited else None,
        "page_revision": link.shown,
        "behind": link.newest_seen < newest,
    }
