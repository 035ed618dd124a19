"""No secret is shown, and nothing else is spoiled."""

from __future__ import annotations

import pytest

from mwsocial.delivery.assemble import secrets
from mwsocial.hiding import hide
from mwsocial.script import censor, no_real_ones

LONG = 'abcdefgh-ijkl'


@pytest.mark.parametrize(
    ('text', 'values', 'shown'),
    [
        (f'with {LONG}.', [LONG], 'with (secret).'),
        # Trial values: nothing real is so short.
        ('a bad secret', ['a', 'b', 'secret', ''], 'a bad secret'),
        # The shorter one is the beginning of the longer one; a mark is no text to look at.
        (f'{LONG} abcdefgh', ['abcdefgh', LONG], '(secret) (secret)'),
        ('abcdefgh', ['abcdefgh', '(secret)'], '(secret)'),
        ('a.c*defgh abcddefgh', ['a.c*defgh'], '(secret) abcddefgh'),
    ],
)
def test_what_is_hidden(text: str, values: list[str], shown: str) -> None:
    assert censor(text, values) == shown
    assert hide(text, values, '(secret)') == shown


def test_a_value_that_is_too_short_is_told_by_its_name() -> None:
    environ = {
        'MWSOCIAL_MASTODON_TOKEN': 'b', 'MWSOCIAL_X_CONSUMER_KEY': LONG, 'PWB_ACCESS_SECRET': 'zz',
        'MWSOCIAL_WIKI': 'w', 'PWB_USERNAME': 'x',
    }  # fmt: skip
    found = list(no_real_ones(secrets(environ)))
    assert [one.partition(' ')[0] for one in found] == [
        'MWSOCIAL_MASTODON_TOKEN',
        'PWB_ACCESS_SECRET',
    ]
    assert all('looks like no real one' in one and 'zz' not in one for one in found)
