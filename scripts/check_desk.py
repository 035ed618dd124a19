#!/usr/bin/env python3
"""Is everything in order? Tells what needs a person, and why an item is not out.

Usage: python -m scripts.check_desk [options]

Looks at the configuration (are its approvers users of the wiki?), at the protection of the pages, at
every channel (does its credential work, whose account is it, may it post, when does it end, what does
the network take) and at the queue. It changes nothing, and never prints a secret. It ends with 1 while
a person is needed: an item failed, went out in part only or is not confirmed; a credential of a network
is missing, wrong, or ends within two weeks; an approver is not there; a source or a step of the runs is
broken; the last run in which everything worked is more than two hours old (as the bot has written down
on the status page).

Options:
  -explain:ID     say why one item is not out, channel by channel; asks no network
  -json           print one JSON object: keys and reasons in it stay the same in later versions
"""

from __future__ import annotations

import argparse

from mwsocial import script
from mwsocial.checking.check import check_desk
from mwsocial.delivery.assemble import secrets


def add_options(parser: argparse.ArgumentParser) -> None:
    """The script's own options."""
    parser.add_argument('-explain', default='')
    parser.add_argument('-json', action='store_true')


def main(*args: str) -> int:
    """Run the script; returns its exit code."""
    return script.run(args, __doc__ or '', check_desk, add_options, secrets)


if __name__ == '__main__':
    raise SystemExit(main())
