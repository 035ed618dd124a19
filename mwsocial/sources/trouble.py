"""Why a source has nothing to say."""

from __future__ import annotations

from mwsocial.reason import Reason


class Trouble(Exception):
    """A source cannot be read; ``reason`` says why. ``temporary``: it may be better the next time, and
    nobody has to do anything now.
    """

    def __init__(self, key: str, *args: str, temporary: bool = False) -> None:
        """*key* and *args*: of the reason (area ``sources``)."""
        self.reason = Reason(key, args)
        self.temporary = temporary
        super().__init__(self.reason.text())
