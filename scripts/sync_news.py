#!/usr/bin/env python3
"""Keep Template:MediaWiki News, the queue and our accounts in step, by proposals.

Usage: python -m scripts.sync_news [options]

What people have put into the News becomes a proposal on the queue for every channel, in the name of who
put it there; what people have posted by hand becomes a proposal for the News. What the bot made itself,
or what is announced already, is not proposed; nothing is ever posted unapproved. An entry that was
changed after it was proposed is pointed out below its item. Date groups beyond "news groups" of the
configuration move to the page "news archive". A run that finds nothing to do edits nothing.
"""

from __future__ import annotations

from mwsocial import script
from mwsocial.delivery.assemble import secrets
from mwsocial.syncing.assemble import sync_news


def main(*args: str) -> int:
    """Run the script; returns its exit code."""
    return script.run(args, __doc__ or '', sync_news, secrets=secrets)


if __name__ == '__main__':
    raise SystemExit(main())
