"""UIDs and file names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars.identity import file_stem, uid_of

IDS = st.text(st.sampled_from("ab-_.~1轮值局"), min_size=1, max_size=12)


def test_plain_ids_read_well_in_a_uid() -> None:
    assert uid_of("suzhou-2023", "rotation@2023-03-18") == "rotation-2023-03-18.suzhou-2023@rota"


@given(st.tuples(IDS, IDS), st.tuples(IDS, IDS))
def test_different_sessions_have_different_uids(one: tuple[str, str], other: tuple[str, str]) -> None:
    uids = {uid_of(case, f"{activity}@2023-03-18") for case, activity in (one, other)}
    assert len(uids) == len({one, other})


def test_a_session_without_a_date_in_its_id_does_not_collide_with_one_that_has() -> None:
    assert uid_of("c", "rotation-2023-03-18") != uid_of("c", "rotation@2023-03-18")


@given(IDS, IDS)
def test_uids_are_short_and_ascii(case: str, activity: str) -> None:
    uid = uid_of(case * 5, f"{activity * 5}@2023-03-18")
    assert uid.isascii()
    assert len(uid) < 255


@pytest.mark.parametrize(
    ("identifier", "label", "stem"),
    [
        ("U05", "税务局", "U05-税务局"),
        ("税务局", "税务局", "税务局"),
        ("U05", "Tax / Customs: *Bureau*?", "U05-Tax-Customs-Bureau"),
        ("U05", "..", "U05"),
        ("con", "con", "_con"),
        ("U05", "e\u0301cole", "U05-école"),
    ],
)
def test_file_names_read_well_and_are_safe(identifier: str, label: str, stem: str) -> None:
    assert file_stem(identifier, label) == stem


@given(st.text(min_size=1, max_size=64), st.text(max_size=200))
def test_any_file_name_is_short_and_has_no_reserved_character(identifier: str, label: str) -> None:
    stem = file_stem(identifier, label)
    assert stem
    assert len(stem.encode()) <= 120
    assert not set(stem) & set('<>:"/\\|?*\0\n\r\t ')
    assert not stem.startswith(".")
    assert not stem.endswith(".")


def test_identifiers_cut_to_the_same_letters_have_different_names() -> None:
    assert file_stem("a#b", "x") != file_stem("a&b", "x")
    assert file_stem("站" * 64, "x") != file_stem("站" * 63 + "点", "x")
