"""Pages of participants in a real Chromium, without scripts: forms, keyboard, phone width, print, and axe."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from rota.changes.answers import seats_of
from rota.request import SeatRef
from scheduler.keeping.answer_links import AnswerLinks
from scheduler.keeping.editions import editions
from scheduler.keeping.journal import Journal
from scheduler.keeping.participation import ask_swap
from scheduler.keeping.subscribers import Issued
from tests.conftest import RequireComponent
from tests.keeping.station import DAYS, STREAM, WHO, away
from tests.web.conftest import Running, serving
from web.participants.site import Site
from web.participants.site_folder import write_site
from workbook.output.browser import found_browser

pytestmark = pytest.mark.slow

PHONE, DESK = ViewportSize(width=360, height=740), ViewportSize(width=1100, height=800)
FINE = {"wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"}


@pytest.fixture(scope="module")
def chromium(require_component: RequireComponent) -> Iterator[Browser]:
    found = found_browser()
    require_component("Chromium", found is not None, "apt-get install chromium fonts-noto-cjk")
    assert found is not None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found.program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def server(journal: Journal) -> Iterator[Running]:
    """A server before a journal with an open request, statements, and a letter."""
    with serving(journal, base="https://rota.example.org") as running:
        yield running


@pytest.fixture
def bank(journal: Journal) -> Issued:
    return journal.subscribers.issue("unit/bank", "zh", "王大姐")


def seat(day: str, who: str) -> SeatRef:
    return SeatRef(session=f"day@{day}", part="main", role="host", who=who)


@contextmanager
def opened(
    chromium: Browser, running: Running, path: str, *, scripts: bool = False, screen: ViewportSize = PHONE
) -> Iterator[Page]:
    context = chromium.new_context(viewport=screen, java_script_enabled=scripts)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"http://127.0.0.1:{running.port}{path}")
    yield page
    assert all(url.startswith((f"http://127.0.0.1:{running.port}/", "data:")) for url in asked), asked
    context.close()


def test_everything_is_done_without_scripts(chromium: Browser, server: Running, journal: Journal, bank: Issued) -> None:
    with opened(chromium, server, f"/p/{bank.page}") as page:
        page.get_by_role("button", name="确认到岗").first.click()
        assert page.get_by_role("status").inner_text() == "已确认到岗，谢谢。"
        page.reload()
        page.get_by_text("无法到岗").first.click()
        page.get_by_label("原因（选填）").first.fill("人手不足")
        page.get_by_role("button", name="无法到岗").first.click()
        assert "无法到岗" in page.get_by_role("status").inner_text()
        page.get_by_label("开始日期").fill("2027-05-01")
        page.get_by_label("结束日期").fill("2027-04-30")
        page.get_by_role("button", name="添加").click()
        assert "早于" in page.locator("#last-error").inner_text()
        assert page.get_by_label("开始日期").input_value() == "2027-05-01"
        page.get_by_label("结束日期").fill("2027-05-02")
        page.get_by_role("button", name="添加").click()
        assert "2027年5月1日 – 5月2日" in page.locator(".stated").inner_text()
    assert [each.kind for each in journal.changes(STREAM)][6:] == ["accepted", "declined", "unavailable"]


def test_an_exchange_is_chosen_and_sent_from_a_phone(
    chromium: Browser, server: Running, journal: Journal, bank: Issued
) -> None:
    with opened(chromium, server, f"/p/{bank.page}") as page:
        page.get_by_role("link", name="换班").first.click()
        page.get_by_role("radio").first.check()
        page.get_by_role("button", name="发出申请").click()
        assert page.get_by_role("status").inner_text() == "换班申请已发出。"
        assert page.get_by_role("button", name="撤回申请").is_visible()
    assert [request.mine.who for request in journal.state(STREAM).requests] == ["bank"]


def test_the_keyboard_reaches_everything_in_order(chromium: Browser, server: Running, bank: Issued) -> None:
    with opened(chromium, server, f"/p/{bank.page}", scripts=True) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert "确认到岗" in page.evaluate("document.activeElement.getAttribute('aria-label')")
        page.keyboard.press("Enter")
        page.wait_for_selector("[role=status]")
        assert "确认到岗" in page.inner_text("[role=status]")


@pytest.mark.parametrize(("language", "screens"), [("zh", (DESK, PHONE)), ("en", (PHONE, DESK))], ids=["zh", "en"])
def test_axe_finds_nothing_and_nothing_runs_off_the_screen(
    chromium: Browser,
    server: Running,
    journal: Journal,
    bank: Issued,
    language: str,
    screens: tuple[ViewportSize, ViewportSize],
) -> None:
    journal.record(STREAM, away(DAYS[0], reason="盘点"), actor=WHO)
    ask_swap(journal, STREAM, seat(DAYS[1], "court"), seat(DAYS[2], "bank"), actor=WHO)
    newest = journal.newest(STREAM)
    assert newest
    session = journal.plan(newest.number).session[f"day@{DAYS[2]}"]
    links = AnswerLinks(journal.store).issue("", STREAM, session, seats_of(session))
    letter = links[seat(DAYS[2], "bank")]
    room = journal.subscribers.issue("room/hall", "zh")
    paths = [
        *(f"/p/{bank.page}", f"/p/{room.page}", f"/p/{bank.page}/swap?stream={STREAM}&session=day@{DAYS[2]}"),
        *(letter.confirm, letter.decline, letter.swap, f"/f/{bank.token}", "/p/nothing", "/"),
    ]
    for path in paths:
        mark = "&" if "?" in path else "?"
        address = f"{path}{mark}lang={language}&done=times"
        with opened(chromium, server, address, scripts=True, screen=screens[0]) as page:
            for folded in page.locator("details").all():
                folded.evaluate("each => { each.open = true }")
            for screen in screens:
                page.set_viewport_size(screen)
                wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
                assert wide[0] <= wide[1], path
            found = Axe().run(page, options={"runOnly": {"type": "tag", "values": sorted(FINE)}})
            assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("name", ["index.html", "index.en.html", "unit/bank.html", "all.en.html"])
def test_axe_finds_nothing_in_a_static_site(chromium: Browser, journal: Journal, tmp_path: Path, name: str) -> None:
    site = Site(journal.store.read(editions), "https://station.example", journal.store.clock())
    list(write_site(site, tmp_path, "zh"))
    page = chromium.new_page(viewport=PHONE)
    page.goto((tmp_path / name).as_uri())
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": sorted(FINE)}})
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.close()


def test_axe_would_find_what_keeps_people_out(chromium: Browser) -> None:
    page = chromium.new_page()
    page.set_content("<main><input><p style='color: #bbb'>hardly legible</p></main>")
    found = {violation["id"] for violation in Axe().run(page).response["violations"]}
    assert {"color-contrast", "label", "html-has-lang"} <= found
    page.close()


def test_what_is_printed_is_the_plan_and_no_form(chromium: Browser, server: Running, bank: Issued) -> None:
    with opened(chromium, server, f"/p/{bank.page}", scripts=True) as page:
        page.emulate_media(media="print")
        assert page.get_by_text("接下来的场次").is_visible()
        assert not page.locator("button:visible").count()
        assert not page.locator("textarea:visible").count()
