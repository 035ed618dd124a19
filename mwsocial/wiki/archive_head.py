"""How a page of the archive begins: with the line that joins the desk's pages."""

from __future__ import annotations

HEAD = '{{Social media head|archive}}'


def begun(text: str) -> str:
    """The text of an archive page to write more on; a page that is new or blank gets its head."""
    return text if text.strip() else HEAD
