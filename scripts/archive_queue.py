#!/usr/bin/env python3
"""Move what is done from the queue to the archive of its month.

Usage: python -m scripts.archive_queue [options]

An item goes once it has been posted, taken down, declined or missed for as many days as the
configuration says ("archive after days"): its section whole, with the replies, or only its template where
the section holds more. What failed goes once an approver has declined it. The archive is written first,
and read back, before anything leaves the queue: a run that is killed in between loses nothing and doubles
nothing. An id that was archived is used for ever: an item put back under it is not posted again.
"""

from __future__ import annotations

from mwsocial import script
from mwsocial.archiving.assemble import archive_queue
from mwsocial.delivery.assemble import secrets


def main(*args: str) -> int:
    """Run the script; returns its exit code."""
    return script.run(args, __doc__ or '', archive_queue, secrets=secrets)


if __name__ == '__main__':
    raise SystemExit(main())
