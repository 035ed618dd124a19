"""What a run found and did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from mwsocial.checking.findings import Finding, Level, worst
from mwsocial.reason import Reason


@dataclass
class Report:
    """Lines for the operator, findings for people, and how often the wiki was edited."""

    area: str
    say: Callable[[str], None] = lambda line: None
    lines: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    edits: int = 0
    #: the brake that ended the run
    stopped: Reason | None = None

    @property
    def exit_code(self) -> int:
        """0, or what the worst finding asks for."""
        return worst(self.findings).value

    def tell(self, line: str) -> None:
        """A line for the operator."""
        self.lines.append(line)
        self.say(line)

    def stop(self, brake: Reason) -> None:
        """A brake is set: nothing more is done. That is what people want, and no trouble."""
        self.stopped = brake
        self.tell(f'stopped: {brake.text()}')

    def find(self, reason: Reason, name: str = '', level: Level = Level.PERSON) -> None:
        """Something that somebody should look at; it is told, too."""
        finding = Finding(self.area, level, reason, name)
        if finding not in self.findings:
            self.findings.append(finding)
            self.tell(': '.join(filter(None, (name, reason.text()))))
