"""The way onto the wiki: the right wiki, the right account, a configuration that can be trusted.

Pywikibot without a proper user-config.py silently works on another wiki; so everything it was told is
checked before it may send its first request. From then on Pywikibot logs in, keeps the throttle and
the cookies and signs the requests; ``mwsocial.wiki.api`` says what is sent and what is sent again.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from mwsocial.errors import ConfigurationError, DeskError, TemporaryError
from mwsocial.reason import speak
from mwsocial.wiki.account import log_in, pause_questions, where_to_look
from mwsocial.wiki.api import Answer, Api
from mwsocial.wiki.config import DeskConfig, parse_config
from mwsocial.wiki.part import page_title
from mwsocial.wiki.read import PageState, page_states
from mwsocial.wiki.transport import BoundedSession
from mwsocial.wiki.userconfig import check_user_config, plain_host

DEFAULT_CONFIG = 'MediaWiki:Social-media.json'

#: A login takes five requests or six.
_LOGIN_REQUESTS = 20
#: MediaWiki's messages authpage-cannot-login-continue and authmanager-authn-not-in-progress.
_SESSION_LOST = ('Your session most likely timed out', 'session data has been lost')

_NS_USER = 2
_NS_MEDIAWIKI = 8
#: Options of Pywikibot that would lead to another wiki than the one that was checked.
_ELSEWHERE = ('-site', '-family', '-code', '-lang')


@dataclass(frozen=True)
class OpenWiki:
    """The wiki, logged in as *account*, whatever stands on its configuration page.

    ``index`` is the address of its ``index.php``.
    """

    api: Api
    account: str
    config_page: PageState
    groups: frozenset[str]
    rights: frozenset[str]
    session: BoundedSession
    index: str


@dataclass(frozen=True)
class OpenDesk:
    """The desk's wiki, logged in and checked. ``groups`` and ``rights`` are the bot account's."""

    api: Api
    config: DeskConfig
    config_page: PageState
    groups: frozenset[str]
    rights: frozenset[str]
    session: BoundedSession

    @property
    def config_title(self) -> str:
        """The title of the configuration page, as the wiki writes it."""
        return self.config_page.title


def handle_global_options(
    words: Sequence[str], environ: Mapping[str, str] = os.environ
) -> list[str]:
    """Let Pywikibot take its global options and return the rest.

    Checks first that Pywikibot's configuration leads to the wiki that MWSOCIAL_WIKI names: with the
    options Pywikibot sends its first request. Raises ConfigurationError or TemporaryError.
    """
    for word in words:
        if word.partition(':')[0] in _ELSEWHERE:
            raise ConfigurationError(
                f'{word.partition(":")[0]} cannot be used here: the wiki is the one in '
                'user-config.py, and MWSOCIAL_WIKI must name it too.'
            )
    prepare(environ)
    import pywikibot  # importing it reads user-config.py, which has been checked by now

    # Without an operator's wish for logs, not even the list of commands is written: the folder may be
    # read-only. (An empty list would make Pywikibot read the command line by itself.)
    args = [*words] if pywikibot.config.log and words else ['-nolog', *words]
    try:
        return list(pywikibot.handle_args(args, do_help=False))
    except DeskError:
        raise
    except ValueError as error:
        raise ConfigurationError(f'A global option of Pywikibot is wrong: {error}') from None
    except Exception as error:
        raise _as_trouble(error) from None


def simulating() -> bool:
    """Whether Pywikibot was told to change nothing (``-simulate``)."""
    import pywikibot

    return bool(pywikibot.config.simulate)


def prepare(environ: Mapping[str, str]) -> BoundedSession:
    """Check where Pywikibot would go, and make it fit for jobs without a person; sends nothing.

    Raises ConfigurationError. Returns the session that all requests take.
    """
    host = plain_host(environ.get('MWSOCIAL_WIKI', ''))
    check_user_config(environ, host)
    from pywikibot import config
    from pywikibot.comms import http

    # Nobody is there to read a captcha, and Pywikibot's own way of trying again can take 25 minutes.
    config.solve_captcha = False
    config.max_retries = 1
    config.retry_wait = 1
    config.retry_max = 5
    config.cosmetic_changes = False
    pause_questions()
    if not isinstance(http.session, BoundedSession):
        session = BoundedSession()
        session.cookies = http.cookie_jar
        http.session = session
    found: BoundedSession = http.session
    return found


def open_wiki(environ: Mapping[str, str] = os.environ) -> OpenWiki:
    """Log in, with every check of where Pywikibot would go; the configuration is not judged yet.

    *environ*: MWSOCIAL_WIKI (host, with port if any) and MWSOCIAL_CONFIG (a title). Raises
    ConfigurationError (exit 2) with what is wrong and what to do, TemporaryError (exit 75) where the
    wiki cannot be reached.
    """
    session = prepare(environ)
    title = _config_title(environ)
    import pywikibot

    with _logging_in(session):
        site = pywikibot.Site()
        log_in(site)

    def anew() -> None:
        with _logging_in(session):
            log_in(site, anew=True)

    api = Api(_sender(site, session), anew, simulate=simulating())
    answer = api.query({
        'meta': 'userinfo|siteinfo|tokens',
        'uiprop': 'groups|rights',
        'siprop': 'general',
        'type': 'csrf',
        'titles': title,
        'prop': 'info|revisions',
        'inprop': 'protection',
        'rvprop': 'ids|timestamp|user|content',
        'rvslots': 'main',
    })  # fmt: skip
    query = answer['query']
    info = query['userinfo']
    _configure(api, query, info, site.username())
    return OpenWiki(
        api,
        str(info['name']),
        page_states(answer, [title])[title],
        frozenset(info['groups']),
        frozenset(info['rights']),
        session,
        str(query['general']['server'] + query['general']['script']),
    )


def open_desk(environ: Mapping[str, str] = os.environ) -> OpenDesk:
    """Log in and read the desk's configuration, with every check before anything else is done.

    *environ* and errors as in ``open_wiki``; besides, the configuration page must be there, safe and
    right, and name the account that is logged in as its bot.
    """
    wiki = open_wiki(environ)
    page = wiki.config_page
    check_config_page(page, wiki.account)
    config = parse_config(page.text, page.title)
    speak(config.language)
    check_bot(config, page.title, wiki.account)
    return OpenDesk(wiki.api, config, page, wiki.groups, wiki.rights, wiki.session)


def check_bot(config: DeskConfig, title: str, account: str) -> None:
    """Raise ConfigurationError unless the configuration (the page *title*) names *account* as its bot."""
    if account != config.bot:
        raise ConfigurationError(
            f'The account logged in is “{account}”, but [[{title}]] says that the bot is '
            f'“{config.bot}”. Log in as that account, or correct "bot" there.'
        )


def check_config_page(page: PageState, account: str) -> None:
    """Raise ConfigurationError unless the page can be trusted to be the desk's configuration.

    It must be where only administrators (or the bot itself) write: a page that anyone may edit would
    let anyone become an approver.
    """
    if page.missing:
        raise ConfigurationError(
            f'The configuration page [[{page.title}]] does not exist. Run setup_desk, or set '
            'MWSOCIAL_CONFIG to its title.'
        )
    if page.redirect:
        raise ConfigurationError(
            f'The configuration page [[{page.title}]] is a redirect. Set MWSOCIAL_CONFIG to the '
            'title it leads to.'
        )
    if page.text_hidden:
        raise ConfigurationError(f'The text of the configuration page [[{page.title}]] is hidden.')
    name = page.title.partition(':')[2]
    own = page.namespace == _NS_USER and name.startswith(f'{account}/') and name.endswith('.json')
    if page.namespace == _NS_MEDIAWIKI or (own and page.model == 'json'):
        return
    if 'sysop' not in page.protection.get('edit', ()):
        raise ConfigurationError(
            f'Anyone may edit the configuration page [[{page.title}]]: have it protected so that '
            'only administrators can edit it, or use a page of the namespace MediaWiki or '
            f'[[User:{account}/Social-media.json]].'
        )


def _configure(api: Api, query: Mapping[str, Any], info: Mapping[str, Any], wanted: str) -> None:
    if 'anon' in info or not info.get('id') or info['name'] != wanted:
        raise ConfigurationError(
            f'The login did not last: the wiki takes this for “{info.get("name")}”. Delete the cookie '
            'file (pywikibot-….lwp beside user-config.py) and run this again.'
        )
    general = query['general']
    api.user = str(info['name'])
    api.token = str(query['tokens']['csrftoken'])
    # MediaWiki gives its limit in bytes ($wgMaxArticleSize is in kilobytes, the API multiplies).
    api.largest_page = int(general.get('maxarticlesize') or api.largest_page)
    api.batch = 500 if 'apihighlimits' in info['rights'] else 50
    api.central = general.get('centralidlookupprovider') == 'CentralAuth'


def _config_title(environ: Mapping[str, str]) -> str:
    try:
        return page_title(environ.get('MWSOCIAL_CONFIG') or DEFAULT_CONFIG)
    except ValueError as error:
        raise ConfigurationError(f'MWSOCIAL_CONFIG is wrong: {error}.') from None


def _sender(site: Any, session: BoundedSession) -> Any:
    """What sends one request: Pywikibot's throttle, cookies, signature and user agent."""
    from pywikibot.comms import http

    uri = site.base_url(site.apipath())

    def send(params: Mapping[str, str], writes: bool, seconds: float) -> Answer:
        # The API waits by itself where the wiki says so; the throttle would do it without a bound.
        throttle = site.throttle
        throttle.retry_after = 0
        # It counts by the machine's clock: where that was set back, it would wait for just as long.
        now = time.time()
        throttle.last_read = min(throttle.last_read, now)
        throttle.last_write = min(throttle.last_write, now)
        # Its file of sibling processes may be gone, or its folder not writable: that costs nothing.
        with suppress(OSError):
            throttle(write=writes)
        session.limit = max(1.0, min(60.0, seconds))
        session.strict = False
        try:
            response = fetch(params)
        finally:
            session.strict = True
        if isinstance(response, Exception):
            raise response
        return Answer(
            response.status_code, response.content, _seconds(response.headers.get('retry-after'))
        )

    def fetch(params: Mapping[str, str]) -> Any:
        return http.fetch(
            uri,
            method='POST',
            # POST goes to where the database is written, so what was just saved is seen.
            data=urlencode(params),
            headers={
                'user-agent': http.user_agent(site),
                'content-type': 'application/x-www-form-urlencoded',
            },
            default_error_handling=False,
            verify=site.verify_SSL_certificate(),
        )

    return send


def _seconds(value: str | None) -> float:
    try:
        return max(0.0, float(value or 0))
    except ValueError:
        # The header may hold a date too; a minute is as good a guess as any.
        return 60.0


@contextmanager
def _logging_in(session: BoundedSession) -> Iterator[None]:
    """Make the desk's errors of Pywikibot's, and end a login that goes round in circles.

    Where the wiki keeps no sessions Pywikibot would ask for a new token without an end.
    """
    session.left = _LOGIN_REQUESTS
    try:
        yield
    except DeskError:
        raise
    except Exception as error:
        raise _as_trouble(error) from None
    finally:
        session.left = None


def _as_trouble(error: Exception) -> DeskError:
    """What went wrong in Pywikibot, as one of the desk's errors; never with what was sent."""
    from pywikibot import exceptions

    words = str(error).splitlines()[0][:300] if str(error).strip() else type(error).__name__
    if isinstance(error, OSError):
        return ConfigurationError(
            f'Pywikibot cannot keep its cookies: {error.strerror or words}: {error.filename}. The '
            'folder of user-config.py must be writable.'
        )
    if isinstance(error, exceptions.NoUsernameError):
        # In this form of the API's errors the words are always English (api-login, errorformat=bc).
        if any(sentence in words for sentence in _SESSION_LOST):
            return TemporaryError(
                'The wiki forgot the session between two steps of the login. Try again later.'
            )
        return ConfigurationError(
            f'The login to the wiki does not work: {words} {where_to_look(os.environ)}'
        )
    if isinstance(error, exceptions.ServerError):
        return TemporaryError(f'The wiki cannot be reached now: {words} Try again later.')
    if isinstance(error, exceptions.SiteDefinitionError | exceptions.FatalServerError):
        return ConfigurationError(f'The wiki is not where user-config.py says: {words}')
    if isinstance(error, exceptions.Error):
        return TemporaryError(f'Pywikibot could not log in: {words} Try again later.')
    # Pywikibot believes that an answer has the parts that MediaWiki gives it.
    return TemporaryError(
        'What the wiki answered makes no sense to Pywikibot '
        f'({type(error).__name__}: {words}). Try again later.'
    )
