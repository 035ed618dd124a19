"""Real servers on this machine, to try the desk out and to test it."""

from __future__ import annotations

from .faults import Answer, Event, Record, Request, Rule, html_error, mediawiki_error
from .gate import Gate
from .instance import Sandbox
from .person import Person, WikiError

__all__ = [
    'Answer',
    'Event',
    'Gate',
    'Person',
    'Record',
    'Request',
    'Rule',
    'Sandbox',
    'WikiError',
    'html_error',
    'mediawiki_error',
]
