"""From content lines to components: BEGIN, END, and which component may stand in which."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from calendars.conformance.finding import Finding
from calendars.conformance.octets import ContentLine
from rota.text import text

INSIDE = {
    "": {"VCALENDAR"},
    "VCALENDAR": {"VEVENT", "VFREEBUSY", "VTIMEZONE"},
    "VEVENT": {"VALARM"},
    "VTIMEZONE": {"STANDARD", "DAYLIGHT"},
}
"""The components of a published feed; the file itself has no name."""


@dataclass
class Component:
    """One component with its properties and those inside it; the file itself is the root, without a name."""

    name: str
    line: int
    properties: list[ContentLine] = field(default_factory=list)
    components: list[Component] = field(default_factory=list)

    def walk(self) -> Iterator[Component]:
        """Yield the component and all inside it, in order."""
        yield self
        for component in self.components:
            yield from component.walk()

    def named(self, name: str) -> list[ContentLine]:
        """Return the properties of one name."""
        return [line for line in self.properties if line.name == name]


def grow(lines: list[ContentLine], found: list[Finding]) -> Component:
    """Build the tree of components; faults go into `found`."""
    root = Component("", 1)
    open_: list[Component] = [root]
    for line in lines:
        if line.name == "BEGIN":
            _begin(line, open_, found)
        elif line.name == "END":
            _end(line, open_, found)
        elif len(open_) == 1:
            said = text("{name} stands outside VCALENDAR", "{name} 在 VCALENDAR 之外", name=line.name)
            found.append(Finding(line.line, "nesting", said))
        else:
            open_[-1].properties.append(line)
    for component in open_[1:]:
        said = text("{name} has no END", "{name} 没有 END", name=component.name)
        found.append(Finding(component.line, "nesting", said))
    if len(root.components) != 1:
        said = text("the file holds {n} calendars, not one", "文件含有 {n} 个日历，应为一个", n=len(root.components))
        found.append(Finding(1, "nesting", said))
    return root


def _begin(line: ContentLine, open_: list[Component], found: list[Finding]) -> None:
    component = Component(line.value.upper(), line.line)
    outer = open_[-1]
    if component.name not in INSIDE.get(outer.name, set()):
        said = text(
            "{inner} may not stand in {outer}",
            "{inner} 不能放在 {outer} 中",
            inner=component.name,
            outer=outer.name or "the file",
        )
        found.append(Finding(line.line, "nesting", said))
    outer.components.append(component)
    open_.append(component)


def _end(line: ContentLine, open_: list[Component], found: list[Finding]) -> None:
    names = [component.name for component in open_[1:]]
    name = line.value.upper()
    if not names or names[-1] != name:
        said = text("END:{name} ends nothing", "END:{name} 没有对应的 BEGIN", name=name)
        found.append(Finding(line.line, "nesting", said))
    if name in names:
        del open_[1 + len(names) - 1 - names[::-1].index(name) :]
