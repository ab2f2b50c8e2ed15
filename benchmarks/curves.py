"""Curves of benchmarks as SVG: the same results give the same picture, octet for octet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl

mpl.use("svg")
from matplotlib import pyplot as plt

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SIZE = (4.6, 3.0)
"""Inches of one panel."""
NEAR = 0.08
"""So much of what lies between the last values and the highest is shown around them; what lies lower is left out."""
STYLE: dict[str, Any] = {
    "svg.hashsalt": "rota",
    "svg.fonttype": "none",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.25,
    "figure.constrained_layout.use": True,
}

Line = Sequence[tuple[float, float]]
"""Points of a line, in order."""


def over_time(path: Path, panels: Mapping[str, Mapping[str, Line]], value: str) -> None:
    """Draw how values went on: one panel beside the other, each line in steps over a logarithmic time."""
    with plt.style.context(STYLE):
        figure, axes = plt.subplots(1, len(panels), figsize=(SIZE[0] * len(panels), SIZE[1]), squeeze=False)
        for (title, lines), ax in zip(panels.items(), axes[0], strict=True):
            ax.set_title(title)
            ax.set_xscale("log")
            for name, points in lines.items():
                ax.step([x for x, _ in points], [y for _, y in points], where="post", label=name)
            ends = [points[-1][1] for points in lines.values()]
            highest = max(y for points in lines.values() for _, y in points)
            margin = NEAR * ((highest - min(ends)) or 1)
            ax.set_ylim(min(ends) - margin, highest + margin)
            ax.set_xlabel("seconds")
            ax.legend(frameon=False)
        axes[0][0].set_ylabel(value)
        _save(figure, path)


def over_size(path: Path, panels: Mapping[str, Line], size: str) -> None:
    """Draw how costs grow with a size: one panel for each, both axes logarithmic, with a line of equal growth."""
    with plt.style.context(STYLE):
        figure, axes = plt.subplots(1, len(panels), figsize=(SIZE[0] * len(panels), SIZE[1]), squeeze=False)
        for (title, points), ax in zip(panels.items(), axes[0], strict=True):
            ax.set_title(title)
            ax.loglog([x for x, _ in points], [y for _, y in points], marker="o")
            (first, cost), (last, _) = points[0], points[-1]
            ax.loglog([first, last], [cost, cost * last / first], linestyle=":", color="grey", label="in proportion")
            ax.set_xlabel(size)
            ax.legend(frameon=False)
        _save(figure, path)


def _save(figure: Figure, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(figure)
