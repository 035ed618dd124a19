#!/usr/bin/env python3
"""Post what is approved and due: to every channel of the item, and to Template:MediaWiki News.

Usage: python -m scripts.post_queue [options]

One pass over the queue page. Items that an approver approved, and whose time has come, are claimed on
the page (one edit), sent, and recorded with their links (one edit). Problems are noted on the items. A
pass that finds nothing to do edits nothing; two passes at once, or one that is killed, never post twice.
"""

from __future__ import annotations

from mwsocial import script
from mwsocial.delivery.assemble import post_queue, secrets


def main(*args: str) -> int:
    """Run the script; returns its exit code."""
    return script.run(args, __doc__ or '', post_queue, secrets=secrets)


if __name__ == '__main__':
    raise SystemExit(main())
