"""How many requests the stand-in for X still takes (documentation "Rate limits")."""

from __future__ import annotations

from collections.abc import Mapping

from .x_world import World

_WINDOW = 15 * 60
_DAY = 24 * 3600


class Meters:
    """One meter for each kind of request and quarter of an hour, one for the posts of a day.

    They begin anew when the server does.
    """

    def __init__(self, world: World, usual: Mapping[str, int]) -> None:
        self._world = world
        self._usual = usual
        self._used: dict[str, tuple[int, int]] = {}

    def is_empty(self, kind: str) -> bool:
        """Whether no more of that kind are taken now."""
        return self._left(kind) <= 0 or (kind == 'post' and self._left_today() <= 0)

    def count(self, kind: str) -> None:
        """One more of that kind."""
        for name, window in ((kind, _WINDOW), (f'{kind} a day', _DAY)):
            self._used[name] = self._end(window), self._spent(name, window) + 1

    def headers(self, kind: str) -> dict[str, str]:
        """What an answer says of the meters."""
        told = {
            'x-rate-limit-limit': str(self._limit(kind)),
            'x-rate-limit-remaining': str(max(0, self._left(kind))),
            'x-rate-limit-reset': str(self._end(_WINDOW)),
        }
        if kind == 'post':
            told |= {
                'x-app-limit-24hour-limit': str(self._world.settings['meter for the day']),
                'x-app-limit-24hour-remaining': str(max(0, self._left_today())),
                'x-app-limit-24hour-reset': str(self._end(_DAY)),
            }
        return told

    def at_end(self, kind: str, day: bool) -> dict[str, str]:
        """The same, as if one of the meters were at its end: that of the *day*, or the short one."""
        told = self.headers(kind)
        end = {
            'x-app-limit-24hour-remaining': '0',
            'x-app-limit-24hour-reset': str(self._end(_DAY)),
        }
        return told | (end if day else {'x-rate-limit-remaining': '0'})

    def _limit(self, kind: str) -> int:
        return int(self._world.settings['meters'].get(kind, self._usual[kind]))

    def _left(self, kind: str) -> int:
        return self._limit(kind) - self._spent(kind, _WINDOW)

    def _left_today(self) -> int:
        return int(self._world.settings['meter for the day']) - self._spent('post a day', _DAY)

    def _spent(self, name: str, window: int) -> int:
        end, used = self._used.get(name, (0, 0))
        return used if end == self._end(window) else 0

    def _end(self, window: int) -> int:
        """When the present window ends, in seconds since 1970."""
        now = int(self._world.now().timestamp())
        return now - now % window + window
