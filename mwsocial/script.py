"""What all scripts have in common: help without a network, options, errors as sentences, exit codes."""

from __future__ import annotations

import argparse
import re
import sys
import traceback
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from mwsocial.errors import EXIT_CONFIGURATION, EXIT_PERSON, DeskError
from mwsocial.hiding import SHORTEST, hide

GLOBAL_OPTIONS = """
Global options of Pywikibot work too, among them:
  -simulate       change neither the wiki nor a network; print what would happen
  -dir:PATH       where user-config.py is (or the environment variable PYWIKIBOT_DIR)
  -log            write a log file

Environment: MWSOCIAL_WIKI (the wiki's host, for example www.mediawiki.org), MWSOCIAL_CONFIG (title of
the configuration page, default MediaWiki:Social-media.json), and for each channel its credentials, for
example MWSOCIAL_MASTODON_URL and MWSOCIAL_MASTODON_TOKEN.

Exit codes: 0 done (also when there was nothing to do), 1 something needs a person (a credential of a
network that is missing or wrong, too: the others go on), 2 wrong configuration, login to the wiki or
protection of its pages: nothing was done (of run_desk: by the step that it names), 75 temporary (the
wiki or a network cannot be reached): try again later.
"""

Body = Callable[[argparse.Namespace], int]


class _Parser(argparse.ArgumentParser):
    """Errors are one sentence, and wrong options are wrong configuration."""

    def error(self, message: str) -> None:  # type: ignore[override]
        """Say what is wrong with the options."""
        sys.stderr.write(f'{message}. Try -help.\n')
        raise SystemExit(EXIT_CONFIGURATION)


def run(
    args: Sequence[str],
    doc: str,
    body: Body,
    add_options: Callable[[argparse.ArgumentParser], None] = lambda parser: None,
    secrets: Callable[[], Mapping[str, str]] = dict,
) -> int:
    """Run a script's *body* and return its exit code; no value of *secrets* (by name) is ever printed.

    ``-help`` prints *doc* and needs neither a network nor a configuration. *body* gets the script's
    own options; ``simulate`` is among them.
    """
    words = list(args) or sys.argv[1:]
    if any(word in ('-help', '--help', '-h') for word in words):
        sys.stdout.write(doc.strip() + '\n' + GLOBAL_OPTIONS)
        return 0
    try:
        from mwsocial.wiki import site

        rest = site.handle_global_options(words)
        parser = _Parser(add_help=False, allow_abbrev=False)
        add_options(parser)
        options = parser.parse_args([re.sub(r'^(-[a-z]+):', r'\1=', word) for word in rest])
        options.simulate = site.simulating()
        for sentence in no_real_ones(secrets()):
            sys.stderr.write(sentence + '\n')
        return body(options)
    except DeskError as error:
        sys.stderr.write(censor(str(error), secrets().values()) + '\n')
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write('Stopped by hand; what was being sent is looked up by the next run.\n')
        return EXIT_PERSON
    except Exception:  # a fault of the software: say everything, but no secret
        sys.stderr.write(censor(traceback.format_exc(), secrets().values()))
        sys.stderr.write(
            'This is a fault of mwsocial itself: please report it with the lines above.\n'
        )
        return EXIT_PERSON


def censor(text: str, secrets: Collection[str]) -> str:
    """The text without any of the secrets."""
    return hide(text, secrets, '(secret)')


def no_real_ones(secrets: Mapping[str, str]) -> Iterator[str]:
    """One sentence for each variable whose value is too short for a secret, and therefore not hidden."""
    for name, value in secrets.items():
        if len(value) < SHORTEST:
            yield (
                f'{name} looks like no real one (too short: fewer than {SHORTEST} characters). Set the '
                'real one; this value is not hidden in what is printed.'
            )
