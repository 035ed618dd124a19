#!/usr/bin/env python3
"""Bring what might be posted onto the page of suggestions: Tech News, releases, events, feeds, facts.

Usage: python -m scripts.pull_sources [options]

Asks every source that the configuration names under "sources", and adds what is new as items that are
already filled in. Nothing is suggested twice, even if people take it off the page. What somebody decided
to "use" is put on the queue in that one's name, where it still needs an approval; what was ignored, and
what nobody wanted for long, leaves the page. A source that fails is named, and harms no other. Only the
wiki is needed: no account on a network, and no credential is ever sent to a source.

Options:
  -source:NAME    ask only this source (such as "feeds: diff") or only sources of this kind ("feeds")
"""

from __future__ import annotations

import argparse

from mwsocial import script
from mwsocial.delivery.assemble import secrets
from mwsocial.sources.assemble import pull_sources


def add_options(parser: argparse.ArgumentParser) -> None:
    """The script's own options."""
    parser.add_argument('-source', default='')


def main(*args: str) -> int:
    """Run the script; returns its exit code."""
    return script.run(args, __doc__ or '', pull_sources, add_options, secrets)


if __name__ == '__main__':
    raise SystemExit(main())
