"""What can stop a whole run, and the exit code it ends with."""

from __future__ import annotations

EXIT_DONE = 0
EXIT_PERSON = 1
EXIT_CONFIGURATION = 2
EXIT_TEMPORARY = 75


class DeskError(Exception):
    """A run cannot go on; the message says what is wrong, where, and what to do."""

    exit_code = EXIT_PERSON


class ConfigurationError(DeskError):
    """Configuration, login to the wiki or protection are not as they must be: nothing is done."""

    exit_code = EXIT_CONFIGURATION


class TemporaryError(DeskError):
    """The wiki or the way to it is not available now: the next run tries again."""

    exit_code = EXIT_TEMPORARY
