#!/usr/bin/env python3
"""Install or upgrade the desk's pages on the wiki.

Usage: python -m scripts.setup_desk [options]

Writes the templates, modules, forms and the queue page as far as the account may, and prints the rest
with links, by who can do it: an editor, an administrator, an interface administrator. What people have
changed is never overwritten: the difference is shown instead. The configuration page and the queue page
are written once and never again. Run it again after an update, and until it says that all is in place.

Options:
  -print:TITLE    print the text of one page, to put it on the wiki by hand
"""

from __future__ import annotations

import argparse

from mwsocial import script
from mwsocial.delivery.assemble import say, secrets
from mwsocial.onwiki import setup


def add_options(parser: argparse.ArgumentParser) -> None:
    """The script's own options."""
    parser.add_argument('-print', default='')


def main(*args: str) -> int:
    """Run the script; returns its exit code."""
    return script.run(
        args, __doc__ or '', lambda options: setup.setup_desk(options, say), add_options, secrets
    )


if __name__ == '__main__':
    raise SystemExit(main())
