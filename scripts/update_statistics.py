#!/usr/bin/env python3
"""Write one line a week on the page of statistics: followers, posts and reactions of each channel.

Usage: python -m scripts.update_statistics [options]

The line is that of the last whole week (Monday to Sunday, UTC); the page draws a picture and a table from
it. A week that has a line keeps it, whoever wrote it. What a channel does not tell is a question mark.
"""

from __future__ import annotations

from mwsocial import script
from mwsocial.delivery.assemble import secrets
from mwsocial.syncing.assemble import update_statistics


def main(*args: str) -> int:
    """Run the script; returns its exit code."""
    return script.run(args, __doc__ or '', update_statistics, secrets=secrets)


if __name__ == '__main__':
    raise SystemExit(main())
