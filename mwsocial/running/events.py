"""Changes on the wiki as they happen: Wikimedia's stream of recent changes, where it can be had.

The stream only wakes the watch up; what has changed is always read from the wiki itself, and the watch
asks the wiki from time to time even while the stream is silent. So nothing here needs to be certain.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

Opener = Callable[[str], Iterator[Mapping[str, Any]]]

#: Seconds to wait before the stream is opened again after an error; doubled each time.
_FIRST_PAUSE, _LONGEST_PAUSE = 2.0, 300.0


def stream_opener() -> Opener | str:
    """What opens the stream since a moment ('' for now); or why there is none, in words."""
    import pywikibot
    from pywikibot.comms.eventstreams import EventSource, EventStreams
    from pywikibot.family import WikimediaFamily

    if not isinstance(pywikibot.Site().family, WikimediaFamily):
        return 'this wiki is not in the stream of Wikimedia'
    if isinstance(EventSource, Exception):
        return 'pywikibot[eventstreams] is not installed'

    def open_stream(since: str) -> Iterator[Mapping[str, Any]]:
        return iter(EventStreams(streams='recentchange', since=since or None))

    return open_stream


class Listener:
    """Listens in a thread of its own, and calls *wake* for each change of one of the pages."""

    def __init__(
        self,
        open_stream: Opener,
        host: str,
        titles: Collection[str],
        wake: Callable[[], None],
        say: Callable[[str], None],
    ) -> None:
        """*host* and *titles*: of the pages that matter."""
        self._open = open_stream
        self._host = host
        self._titles = frozenset(titles)
        self._wake = wake
        self._say = say
        self._over = threading.Event()
        self._since = ''

    def start(self) -> None:
        """Begin to listen. The thread ends with the process."""
        threading.Thread(target=self._listen, name='events', daemon=True).start()

    def stop(self) -> None:
        """Stop soon."""
        self._over.set()

    def _listen(self) -> None:
        pause = _FIRST_PAUSE
        while not self._over.is_set():
            try:
                for event in self._open(self._since):
                    pause = _FIRST_PAUSE
                    self._take(event)
                    if self._over.is_set():
                        return
                words = 'it has ended'
            except Exception as error:  # whatever a library raises: it is only a wake-up call
                words = type(error).__name__
            self._say(f'the stream of changes was lost ({words}); again in {pause:.0f} s')
            # Something may have happened meanwhile.
            self._wake()
            self._over.wait(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _take(self, event: Mapping[str, Any]) -> None:
        meta = event.get('meta')
        if isinstance(meta, Mapping) and isinstance(meta.get('dt'), str):
            self._since = meta['dt']
        if event.get('server_name') == self._host and event.get('title') in self._titles:
            self._wake()
