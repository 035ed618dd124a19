#!/usr/bin/env python3
"""Install or upgrade the desk's pages on the wiki.

Usage: python -m scripts.setup_desk [options]

Writes the templates, modules, forms and the queue page as far as the account may, and prints the rest
with links, by who can do it: an editor, an administrator, an interface administrator. What people have
changed is not overwritten: the difference is shown, and you decide. The configuration page and the queue
page are written once and never again. Run it again after an update, and until it says that all is in
place.

Options:
  -print:TITLE      print the text of one page as it would be written, to put it on the wiki by hand;
                    “Social media” is what there is to say on the page of that name: a button, the
                    accounts, how it works
  -overwrite:TITLE  put our text in place of one that people changed, after showing what goes; may be
                    given more than once
"""

from __future__ import annotations

import argparse

from mwsocial import script
from mwsocial.delivery.assemble import say, secrets
from mwsocial.onwiki import setup


def add_options(parser: argparse.ArgumentParser) -> None:
    """The script's own options."""
    parser.add_argument('-print', default='')
    parser.add_argument('-overwrite', action='append', default=[])


def main(*args: str) -> int:
    """Run the script; returns its exit code."""
    return script.run(
        args, __doc__ or '', lambda options: setup.setup_desk(options, say), add_options, secrets
    )


if __name__ == '__main__':
    raise SystemExit(main())
