"""A static site on disk: feeds beside pages, and none of them left over from an earlier export."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from calendars.feed import Feed, feeds_of
from calendars.folder import write_feeds
from calendars.subject import feed_key
from rota.text import LANGUAGES, Language
from web.participants.published import Published
from web.participants.site import Site, stems_of, suffix
from workbook.saving import write_file


def write_site(site: Site, folder: Path, language: Language) -> Iterator[str]:
    """Write feeds and pages into a folder, the main language under the short names; yield the addresses to begin with.

    The octets of a feed are those that the server sends. Feeds of an earlier export that nobody has changed are
    removed, with their pages.

    Raises:
        FolderError: `feeds.json` in the folder is something else.
        OSError: the folder cannot be written.
    """
    written = write_feeds(folder, _feeds(site, language))
    for path, content in site.files(language):
        target = folder.joinpath(*PurePosixPath(path).parts)
        if not (target.is_file() and target.read_bytes() == content):
            write_file(target, content)
    for path in written.removed:
        folder.joinpath(*PurePosixPath(path).parts).with_suffix(".html").unlink(missing_ok=True)
    yield str(folder / "index.html")
    for spoken in LANGUAGES:
        if spoken != language:
            yield str(folder / f"index{suffix(spoken, language)}.html")


def _feeds(site: Site, language: Language) -> Iterator[Feed]:
    everybody = list(Published(0, site.editions).subjects.values())
    stems = stems_of(everybody)
    for spoken in LANGUAGES:
        for feed in feeds_of(site.editions, spoken):
            stem = stems[feed_key(feed.subject, feed.of)]
            yield replace(feed, path=f"{stem}{suffix(spoken, language)}.ics")
