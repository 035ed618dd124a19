"""One HTTP session for everything that goes to the wiki: every request ends in time.

Pywikibot is told to use it (``pywikibot.comms.http.session``), so its login is bounded as well: it
gives up at once, instead of trying again for minutes and printing what it had sent.
"""

from __future__ import annotations

import ssl
import time
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from mwsocial.deadline import DeadlineAdapter, ending_at
from mwsocial.errors import ConfigurationError, TemporaryError

#: Seconds to connect, seconds without a byte, and seconds for a whole request with everything that it
#: takes: connections, sending, redirects, headers, body.
CONNECT = 6.0
SILENCE = 30.0
WHOLE = 60.0
#: No answer of the API is larger (MediaWiki's $wgAPIMaxResultSize is 8 MB).
LARGEST = 64 * 1024 * 1024
#: So often a connection that was refused is tried again: nothing was sent, so that is always safe.
RECONNECTS = 2
#: What requests and the libraries beneath it raise for a request that is wrong before it is sent. (For a
#: broken answer, too: then an error of urllib3 is within.)
_OUR_OWN = (
    requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema, requests.exceptions.InvalidHeader, UnicodeEncodeError,
)  # fmt: skip


class NoAnswer(TemporaryError, ConnectionError):
    """The wiki gave no whole answer. ``sent``: the request may have arrived all the same.

    It is a ConnectionError too, since those Pywikibot passes on at once.
    """

    def __init__(self, words: str, *, sent: bool) -> None:
        """*words*: what happened, for the operator."""
        super().__init__(words)
        self.sent = sent


class BoundedSession(requests.Session):
    """A session whose requests end in time; ``count`` says how many it has made."""

    def __init__(self) -> None:
        super().__init__()
        for scheme in ('http://', 'https://'):
            self.mount(scheme, DeadlineAdapter())
        self.count = 0
        self.limit = WHOLE
        self.pause = 1.0
        #: so many requests more, and not one besides (None: no bound)
        self.left: int | None = None
        #: raise for busy and broken servers, too: Pywikibot would wait as long as they say
        self.strict = True

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Where a request that only reads leads on to; what stands beside that is not read."""
        if resp.request.method not in ('GET', 'HEAD'):
            return None
        target = super().get_redirect_target(resp)
        if target is not None:
            # requests would read it, however long it is; closing costs a new connection at most.
            resp._content = b''
            resp.raw.close()
        return target

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        """Like ``requests.Session.request``, but raises NoAnswer for all that is not an answer.

        A POST is never redirected: it would be sent twice, perhaps to somebody else.
        """
        host = urlsplit(str(url)).netloc
        streamed = bool(kwargs.get('stream', False))
        kwargs['stream'] = True
        if str(method).upper() not in ('GET', 'HEAD'):
            kwargs['allow_redirects'] = False
        silence = min(SILENCE, self.limit)
        kwargs['timeout'] = (min(CONNECT, silence), silence)
        deadline = time.monotonic() + self.limit
        for attempt in range(RECONNECTS + 1):
            if self.left is not None:
                if self.left <= 0:
                    raise NoAnswer(f'{host} asks for the same thing again and again.', sent=False)
                self.left -= 1
            self.count += 1
            try:
                with ending_at(deadline):
                    response = super().request(method, url, *args, **kwargs)
                    if not streamed:
                        _read(response, deadline, host)
            except requests.exceptions.SSLError as error:
                # Only a certificate is looked at before anything is sent; all else breaks at any time.
                raise NoAnswer(
                    f'No secure connection to {host}: {_cause(error)}',
                    sent=not isinstance(_innermost(error), ssl.SSLCertVerificationError),
                ) from None
            except _OUR_OWN as error:
                if isinstance(_innermost(error), urllib3.exceptions.HTTPError):
                    raise NoAnswer(
                        f'The answer of {host} is broken: {_cause(error)}', sent=True
                    ) from None
                raise ConfigurationError(f'The address of the wiki is wrong: {error}') from None
            except requests.exceptions.Timeout as error:
                if not isinstance(error, requests.exceptions.ConnectTimeout):
                    raise NoAnswer(f'{host} did not answer in time.', sent=True) from None
                problem = f'{host} does not answer.'
            except (requests.exceptions.RequestException, ValueError) as error:
                if not _refused(error):
                    if time.monotonic() > deadline:
                        raise NoAnswer(f'{host} took too long to answer.', sent=True) from None
                    raise NoAnswer(
                        f'The connection to {host} broke: {_cause(error)}', sent=True
                    ) from None
                problem = f'{host} cannot be reached: {_cause(error)}'
            else:
                if self.strict and (response.status_code == 429 or response.status_code >= 500):
                    raise NoAnswer(f'{host} answers with HTTP {response.status_code}.', sent=True)
                return response
            wait = self.pause * (attempt + 1)
            if attempt == RECONNECTS or time.monotonic() + wait > deadline:
                break
            time.sleep(wait)
        raise NoAnswer(problem, sent=False)


def _read(response: requests.Response, deadline: float, host: str) -> None:
    """Read the whole body before *deadline*, into where ``response.content`` looks for it."""
    parts = []
    size = 0
    for part in response.iter_content(64 * 1024):
        parts.append(part)
        size += len(part)
        if time.monotonic() > deadline:
            response.close()
            raise NoAnswer(f'{host} took too long to answer.', sent=True)
        if size > LARGEST:
            response.close()
            raise NoAnswer(f'The answer of {host} is too large.', sent=True)
    response._content = b''.join(parts)  # the only way to hand over what was read in pieces


def _refused(error: Exception) -> bool:
    """Whether there never was a connection to send anything over."""
    inner = error.args[0] if error.args else None
    reason = getattr(inner, 'reason', inner)
    return isinstance(reason, NewConnectionError | ConnectTimeoutError)


def _cause(error: BaseException) -> str:
    """The innermost words of an error; addresses with their parameters are left out."""
    inner = _innermost(error)
    words = inner.strerror if isinstance(inner, OSError) and inner.strerror else str(inner)
    return words.rpartition(': ')[2][:200] + ('' if words.endswith('.') else '.')


def _innermost(error: BaseException) -> BaseException:
    inner = error
    for _ in range(6):
        deeper = getattr(inner, 'reason', None) or next(
            (arg for arg in inner.args if isinstance(arg, BaseException)), None
        )
        if not isinstance(deeper, BaseException):
            break
        inner = deeper
    return inner
