"""The changelog's unreleased part, put together from the fragments in docs/changes at each build."""

from __future__ import annotations

from pathlib import Path
from typing import Any

HERE = Path(__file__).parents[1] / "changes"
HEADINGS = {"feature": "New", "bugfix": "Mended"}


def setup(app: Any) -> dict[str, Any]:
    """Called by Sphinx."""
    app.connect("source-read", add_fragments)
    return {"parallel_read_safe": True}


def add_fragments(app: Any, name: str, source: list[str]) -> None:
    """Append the fragments to the changelog's page."""
    if name != "changes/index":
        return
    for kind, heading in HEADINGS.items():
        fragments = sorted(HERE.glob(f"*.{kind}.md"))
        if fragments:
            source[0] += f"\n### {heading}\n\n"
            source[0] += "\n".join(
                "- " + path.read_text(encoding="utf-8").strip().replace("\n", "\n  ") for path in fragments
            )
            source[0] += "\n"
