"""Kinds of programs that fetch feeds: enough to know whose cache to blame, too little to know anybody by."""

from __future__ import annotations

from rota.text import Word


class Program(Word):
    """A kind of program, as the list of links shows it."""

    GOOGLE = "google", "Google", "Google"
    OUTLOOK = "outlook", "Outlook", "Outlook"
    APPLE = "apple", "Apple", "Apple"
    ANDROID = "android", "Android", "Android"
    THUNDERBIRD = "thunderbird", "Thunderbird", "Thunderbird"
    GNOME = "gnome", "GNOME", "GNOME"
    BROWSER = "browser", "浏览器", "browser"
    OTHER = "other", "其他", "other"


WORDS = (
    (Program.GOOGLE, ("google-calendar-importer", "googlebot", "apis-google")),
    (Program.OUTLOOK, ("microsoft", "outlook", "exchange", "owa")),
    (Program.APPLE, ("dataaccessd", "ios/", "macos/", "macosx/", "calendaragent", "apple-calendar")),
    (Program.ANDROID, ("icsx5", "davx5", "okhttp", "dalvik")),
    (Program.THUNDERBIRD, ("thunderbird", "lightning")),
    (Program.GNOME, ("evolution", "gnome")),
    (Program.BROWSER, ("mozilla/",)),
)
"""Words of the header User-Agent; the first kind with one of them."""


def program_of(agent: str) -> Program:
    """Return the kind of program that a User-Agent names."""
    said = agent.lower()
    return next((kind for kind, words in WORDS if any(word in said for word in words)), Program.OTHER)
