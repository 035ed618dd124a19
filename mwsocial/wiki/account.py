"""Logging in through Pywikibot, with nobody there to type a password."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from mwsocial.errors import ConfigurationError, TemporaryError

#: What a bot logs in with (user-config.py.sample).
OAUTH = ('PWB_CONSUMER_TOKEN', 'PWB_CONSUMER_SECRET', 'PWB_ACCESS_TOKEN', 'PWB_ACCESS_SECRET')
_WAY_IN = (
    f'Set the four variables of OAuth ({", ".join(OAUTH)}) in the environment, or name a password_file '
    'in user-config.py and write the bot password there (see user-config.py.sample).'
)


def where_to_look(environ: Mapping[str, str]) -> str:
    """Which variables or which file hold the login that did not work; never what is in them."""
    account = 'PWB_USERNAME (the bot’s account) and '
    if any(name in environ for name in OAUTH):
        return f'Check {account}{", ".join(OAUTH)}: all four of the same consumer, of that account.'
    return (
        f'Check {account}the password_file that user-config.py names (a bot password of that account, '
        'made on Special:BotPasswords).'
    )


def pause_questions() -> None:
    """Let Pywikibot end with a sentence where it would ask a person."""
    import pywikibot

    for name in ('input', 'input_choice', 'input_yn', 'input_list_choice'):
        setattr(pywikibot, name, _nobody)


def _nobody(question: object = '', *_: object, **__: object) -> NoReturn:
    words = ' '.join(str(question).split())[:150]
    raise ConfigurationError(
        f'Pywikibot asks “{words}”, but this runs without a person. Use an account whose login needs '
        'nothing typed in: OAuth or a bot password (see user-config.py.sample).'
    )


def log_in(site: Any, *, anew: bool = False) -> None:
    """Log in as the account that user-config.py names for *site*.

    Does nothing where the cookies or OAuth already did; *anew*: the wiki has forgotten the session.
    Raises ConfigurationError for what a person must put right, TemporaryError otherwise. No error
    holds a secret.
    """
    if site.is_oauth_token_available():
        if anew or not site.logged_in():
            del site.userinfo
            site.login(cookie_only=True)
        if not site.logged_in():
            raise ConfigurationError(
                f'OAuth does not log in as “{site.username()}”. {where_to_look(dict.fromkeys(OAUTH, ""))}'
            )
        return
    if site.logged_in() and not anew:
        return
    manager = _manager(site)
    site.tokens.clear()
    _want_only_the_login_token(site)
    if not manager.login(retry=False):
        raise TemporaryError('The login to the wiki did not work; its reason stands above.')
    del site.userinfo
    site.login(cookie_only=True)
    if not site.logged_in():
        raise ConfigurationError(
            f'Logged in as “{site.userinfo.get("name")}”, but user-config.py names '
            f'“{site.username()}”.'
        )


def _want_only_the_login_token(site: Any) -> None:
    # An empty wallet asks for all kinds of tokens, and first for the list of kinds: three requests.
    wallet = getattr(site.tokens, '_tokens', None)
    if isinstance(wallet, dict):
        wallet.update(site.get_tokens(['login']))


def _manager(site: Any) -> Any:
    from pywikibot.login import ClientLoginManager

    try:
        manager = ClientLoginManager(site=site, user=site.username())
    except FileNotFoundError:
        raise ConfigurationError(
            'There is no login: no variables of OAuth, and the file that password_file names in '
            f'user-config.py does not exist (or is a link). {_WAY_IN}'
        ) from None
    except ValueError:
        # Its words may quote the line with the password.
        raise ConfigurationError(
            'The password file cannot be read: each line must look like '
            "('Name of the bot', BotPassword('desk', 'the password')), in quotation marks."
        ) from None
    if not manager.password:
        raise ConfigurationError(f'There is no login for “{site.username()}”. {_WAY_IN}')
    return manager
