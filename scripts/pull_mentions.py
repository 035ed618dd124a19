#!/usr/bin/env python3
"""Bring what the world says to us onto the page of mentions, and what people decided there on its way.

Usage: python -m scripts.pull_mentions [options]

Mentions and replies of every channel come onto the page; with the options below also others. Only
posts that everybody may see do, each once, newest last, in one edit. Then people decide: “share” and
“point KEY” put an item on the queue in the name of who decided, where it waits for approval as any
other; “ignore”, and what nobody decides about, goes to the archive. Nothing is posted. A run with
nothing new edits nothing.

  -timeline   also what the accounts that we follow post, if it holds one of the "words" of the
              configuration
  -hashtag    also posts with one of the "hashtags"
  -search     also what a search for the "searches" finds, if it holds one of the "words"

A channel that cannot be asked is named and harms no other. The number of requests is printed at the end.
"""

from __future__ import annotations

from mwsocial import script
from mwsocial.delivery.assemble import secrets
from mwsocial.inbox.assemble import add_options, pull_mentions


def main(*args: str) -> int:
    """Run the script; returns its exit code."""
    return script.run(args, __doc__ or '', pull_mentions, add_options, secrets)


if __name__ == '__main__':
    raise SystemExit(main())
