"""Clients for the Mastodon API server, for tests and demonstrations only."""

from __future__ import annotations

from mastodon import Mastodon
from requests import Session
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry


def client(url: str, token: str) -> Mastodon:
    """A client that tries again when the server drops a connection.

    snac2 does so now and then. Since trying again may post twice elsewhere, nothing but tests
    may use this.
    """
    session = Session()
    retry = Retry(total=4, backoff_factor=0.05, allowed_methods=None)
    session.mount('http://', HTTPAdapter(max_retries=retry))
    return Mastodon(
        access_token=token, api_base_url=url, session=session, user_agent='mwsocial-sandbox'
    )
