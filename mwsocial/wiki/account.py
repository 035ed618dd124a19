"""Logging in through Pywikibot, with nobody there to type a password."""

from __future__ import annotations

from typing import Any, NoReturn

from mwsocial.errors import ConfigurationError, TemporaryError


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
                f'OAuth does not log in as “{site.username()}”. Check the four PWB_ tokens and '
                'PWB_USERNAME.'
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
            'The file that password_file names in user-config.py does not exist (or is a link).'
        ) from None
    except ValueError:
        # Its words may quote the line with the password.
        raise ConfigurationError(
            'The password file cannot be read: each line must look like '
            "('Name of the bot', BotPassword('desk', 'the password')), in quotation marks."
        ) from None
    if not manager.password:
        raise ConfigurationError(
            f'There is no credential for “{site.username()}”: set the PWB_ variables for OAuth, or '
            'name a password_file in user-config.py that has this account.'
        )
    return manager
