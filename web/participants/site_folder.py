"""A static site on disk: feeds beside pages, and none of them left over from an earlier export."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from calendars.folder import write_feeds
from rota.text import LANGUAGES, Language
from web.participants.site import Site, suffix
from workbook.saving import write_file


def write_site(site: Site, folder: Path, language: Language) -> Iterator[str]:
    """Write feeds and pages into a folder, the main language under the short names; yield the addresses to begin with.

    The octets of a feed are those that the server renders, with the addresses of the folder in the place of links.
    Feeds of an earlier export that nobody has changed are removed, with their pages.

    Raises:
        FolderError: `feeds.json` in the folder is something else.
        OSError: the folder cannot be written.
    """
    written = write_feeds(folder, site.feeds(language))
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
