#!/usr/bin/env python3
"""Follow the accounts that the wiki lists, and say what differs.

Usage: python -m scripts.follow_accounts [options]

A row of the page Social media/Accounts counts once an approver has added or confirmed it. What counts is
followed, at most ten accounts a run on each channel; what is followed but not listed is reported, and
never unfollowed. Where a network lets no program follow, the page says "by hand", with the link.
"""

from __future__ import annotations

from mwsocial import script
from mwsocial.delivery.assemble import secrets
from mwsocial.syncing.assemble import follow_accounts


def main(*args: str) -> int:
    """Run the script; returns its exit code."""
    return script.run(args, __doc__ or '', follow_accounts, secrets=secrets)


if __name__ == '__main__':
    raise SystemExit(main())
