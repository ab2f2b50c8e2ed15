"""The poster and the weekly menu as HTML."""

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from rota.case import Case
from rota.plan import OpenSeat, Plan
from rota.text import LANGUAGES, Language
from workbook.output.chip import COLOURS, TINTS, chips
from workbook.output.menu import WeekError, monday_of, week_name
from workbook.output.pages import export_html, menu_html, poster_html

PRIVATE = ("张联系", "13800138000", "secret@station.example")
VOID = {"meta", "br", "col"}


class Page(HTMLParser):
    """Elements in order, with attributes; text; and whether tags nest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.path: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.path.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.path.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.path and self.path[-1] not in {"style", "title"}:
            self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Language:
    chosen: Language = request.param
    return chosen


def test_poster_shows_every_session_of_the_rotation_once(case: Case, plan: Plan, language: Language) -> None:
    shown = [row["data-session"] for row in Page(poster_html(case, plan, language)).all("tr") if "data-session" in row]
    assert shown == [s.id for s in plan.sessions if s.activity != "lawyers"]


def test_menu_shows_every_session_of_its_week_once(case: Case, plan: Plan, language: Language) -> None:
    page = Page(menu_html(case, plan, language, "2023-04-01"))
    assert sorted(str(card["data-session"]) for card in page.all("article")) == [
        "lawyers@2023-03-31",
        "rotation@2023-04-01",
    ]


def test_pages_say_their_language_and_their_tables_have_captions_and_scopes(
    case: Case, plan: Plan, language: Language
) -> None:
    for html in (poster_html(case, plan, language), menu_html(case, plan, language)):
        page = Page(html)
        assert page.all("html") == [{"lang": {"zh": "zh-CN", "en": "en"}[language]}]
        assert len(page.all("caption")) == len(page.all("table")) == 1
        assert {th.get("scope") for th in page.all("th")} <= {"col", "row", "rowgroup"}
        assert page.path == []


def test_headings_begin_at_one_and_skip_no_level(case: Case, plan: Plan, language: Language) -> None:
    for html in (poster_html(case, plan, language), menu_html(case, plan, language)):
        levels = [int(tag[1]) for tag, _ in Page(html).elements if re.fullmatch("h[1-6]", tag)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(late - early <= 1 for early, late in pairwise(levels))


def test_name_that_is_a_script_is_shown_and_not_run(case: Case, plan: Plan, language: Language) -> None:
    for html in (poster_html(case, plan, language), menu_html(case, plan, language, "2023-W13")):
        assert "<script" not in html
        assert "<script>alert(1)</script>" in Page(html).text


def test_pages_ask_for_nothing_outside(case: Case, plan: Plan, language: Language) -> None:
    for html in (poster_html(case, plan, language), menu_html(case, plan, language)):
        assert set(re.findall(r"https?://[^\s<\"']+", html)) == {case.settings.url}
        assert not re.search(r"@import|url\(|\b(src|href|srcset|data)=", html)


def test_no_contact_is_on_a_page(case: Case, plan: Plan, language: Language) -> None:
    said = poster_html(case, plan, language) + menu_html(case, plan, language)
    assert [secret for secret in PRIVATE if secret in said] == []


def test_opening_is_laid_out_by_theme_with_all_its_points(case: Case, plan: Plan) -> None:
    text = Page(poster_html(case, plan, "zh")).text
    for point in range(1, 7):
        assert f"{point}号点位" in text
    assert [text.index(theme) > 0 for theme in ("文旅", "便民", "惠企")] == [True] * 3


def test_poster_names_the_holiday_the_proof_and_the_plan(case: Case, plan: Plan) -> None:
    text = Page(poster_html(case, plan, "en")).text
    assert "Labour Day" in text
    assert "proved: no better plan exists" in text
    assert plan.hash[:8] in text


def test_service_lines_differ_by_sign_and_by_name_not_by_colour_alone(case: Case) -> None:
    marks = list(chips(case, "zh").values())
    assert len({mark.sign for mark in marks}) == len(marks)
    many = case.model_copy(
        update={"lines": tuple(case.lines[0].model_copy(update={"id": f"l{n}", "name": f"{n}"}) for n in range(20))}
    )
    assert len({(mark.sign, mark.style) for mark in chips(many, "zh").values()}) == 20


def luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(ink: str, ground: str) -> float:
    light, dark = sorted((luminance(ink), luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_colour_of_text_has_the_contrast_of_wcag_aa(case: Case, plan: Plan) -> None:
    found = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", poster_html(case, plan, "zh")))
    pairs = [(found[ink], found[ground]) for ink in ("ink", "soft", "accent") for ground in ("paper", "band")]
    pairs += [(found["accent-ink"], found["accent"]), *zip(COLOURS, TINTS, strict=True)]
    assert [pair for pair in pairs if contrast(*pair) < 4.5] == []


def test_open_seats_are_marked_on_poster_and_menu(case: Case, plan: Plan) -> None:
    gap = OpenSeat(session="rotation@2023-04-01", part="main", role="host", missing=1)
    draft = plan.model_copy(update={"open": (gap,)})
    assert "（缺1）" in poster_html(case, draft, "zh")
    assert "[1 open]" in menu_html(case, draft, "en", "2023-04-01")


def test_paper_is_what_was_asked_for(case: Case, plan: Plan) -> None:
    assert "size: A4 landscape" in poster_html(case, plan, "zh", "A4")
    assert "size: A3 landscape" in poster_html(case, plan, "zh", "A3")


def test_week_without_sessions_says_so(case: Case, plan: Plan) -> None:
    assert "本周没有活动。" in menu_html(case, plan, "zh", "2023-01-02")


def test_empty_plan_still_has_its_pages(case: Case, plan: Plan, language: Language) -> None:
    empty = plan.model_copy(update={"sessions": ()})
    assert Page(poster_html(case, empty, language)).all("table")
    assert Page(menu_html(case, empty, language)).path == []


def test_long_year_flows_over_pages_instead_of_shrinking(case: Case, plan: Plan) -> None:
    fixed = plan.model_copy(update={"sessions": tuple(s for s in plan.sessions if s.activity == "lawyers")})
    twice = tuple(s.model_copy(update={"id": f"x{s.id}"}) for s in fixed.sessions)
    long = fixed.model_copy(update={"sessions": fixed.sessions + twice})
    assert 'class="dense flowing"' in poster_html(case, long, "zh")
    assert "flowing" not in str(Page(poster_html(case, plan, "zh")).all("body"))


@pytest.mark.parametrize("week", ["2023-W11", "2023W11", "2023-03-18", "2023-03-13", " 2023-w11 "])
def test_week_is_read_as_iso_week_or_as_a_day_of_it(week: str) -> None:
    assert week_name(monday_of(week)) == "2023-W11"


@pytest.mark.parametrize("week", ["2023-W60", "next", "18.3.2023", ""])
def test_what_is_no_week_is_refused_with_an_example(week: str) -> None:
    with pytest.raises(WeekError, match="2023-W11"):
        monday_of(week)


def test_without_a_browser_the_html_is_written_and_a_note_says_how_to_get_the_rest(
    case: Case, plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROTA_CHROMIUM", str(tmp_path / "nowhere"))
    exported = export_html(case, plan, tmp_path, "zh")
    assert [path.name for path in exported.paths] == ["poster.html", "week-2023-W11.html"]
    assert "ROTA_CHROMIUM" in exported.notes[0].zh


def test_same_plan_gives_the_same_html(case: Case, plan: Plan, tmp_path: Path, language: Language) -> None:
    first, second = (export_html(case, plan, tmp_path / each, language, pdf=False, png=False) for each in "ab")
    assert [path.read_bytes() for path in first.paths] == [path.read_bytes() for path in second.paths]
