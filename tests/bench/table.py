"""A table of measured numbers, for the terminal and for ``docs/benchmarks.md``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class Table:
    """Rows under a head. ``note``: one paragraph that says what the numbers are."""

    title: str
    note: str
    head: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)

    def add(self, *cells: object) -> None:
        """One row; numbers with a fraction are shown with two digits."""
        self.rows.append([f'{c:.2f}' if isinstance(c, float) else str(c) for c in cells])

    def text(self) -> str:
        """The table for a terminal: the first column left, the others right."""
        lines = [self.head, *self.rows]
        widths = [max(len(line[n]) for line in lines) for n in range(len(self.head))]
        shown = [
            '  '.join(
                cell.rjust(width) if n else cell.ljust(width)
                for n, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in lines
        ]
        return '\n'.join([self.title, *shown, ''])

    def markdown(self) -> str:
        """The table as a section of a page."""
        lines = [self.head, ['---'] + ['---:'] * (len(self.head) - 1), *self.rows]
        shown = ['| ' + ' | '.join(line) + ' |' for line in lines]
        return '\n'.join([f'## {self.title}', '', self.note, '', *shown, ''])
