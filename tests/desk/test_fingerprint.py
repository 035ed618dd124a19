"""The fingerprint that approvals are bound to."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mwsocial.desk.fingerprint import SHOWN, channel_names, effective, fingerprint
from mwsocial.desk.item import CONTENT
from mwsocial.wiki.values import resolve, resolve_wikitext
from tests.wiki.cases import ITEMS, ItemCase

_CONTENT = st.dictionaries(
    st.sampled_from([*CONTENT, 'text-x', 'text-mastodon']),
    st.text('ab:1\n,é ', max_size=6),
    max_size=6,
)


@pytest.mark.parametrize('case', ITEMS, ids=lambda case: case.name)
def test_table(case: ItemCase) -> None:
    content = {
        name: (resolve_wikitext if name == 'news' else resolve)(raw).value
        for name, raw in case.params.items()
    }
    found = fingerprint(content, case.channels, case.language)
    assert found == case.fingerprint == hashlib.sha256(case.hashed.encode()).hexdigest()


def test_it_is_64_digits_of_which_40_are_shown() -> None:
    found = fingerprint({'id': 'a'})
    assert len(found) == 64
    assert set(found) <= set('0123456789abcdef')
    assert SHOWN == 40


def test_a_changed_default_means_another_fingerprint() -> None:
    item = {'id': 'a', 'text': 'b'}
    found = {
        fingerprint(item, ('mastodon', 'x'), 'en'),
        fingerprint(item, ('mastodon',), 'en'),
        fingerprint(item, ('mastodon', 'x'), 'de'),
    }
    assert len(found) == 3
    listed = item | {'channels': 'x', 'language': 'fr'}
    assert fingerprint(listed, ('mastodon', 'x'), 'en') == fingerprint(listed, ('x',), 'de')
    spelled = item | {'channels': 'x, mastodon', 'language': 'en'}
    assert fingerprint(spelled) == fingerprint(item, ('x', 'mastodon'), 'en')


def test_channel_names() -> None:
    assert channel_names('') == channel_names(' , ,\n') == ()
    assert channel_names('x,mastodon , x,\tbluesky') == ('bluesky', 'mastodon', 'x')
    assert channel_names('x\u00a0,y') == ('x\u00a0', 'y')


def test_effective_leaves_its_argument_alone() -> None:
    item = {'id': 'a', 'text': '', 'channels': 'x,a'}
    assert effective(item, ('m',), 'en') == {'id': 'a', 'channels': 'a,x', 'language': 'en'}
    assert item == {'id': 'a', 'text': '', 'channels': 'x,a'}


def test_a_lone_surrogate_has_a_fingerprint_too() -> None:
    assert fingerprint({'text': 'a\ud800'}) != fingerprint({'text': 'a'})


@given(_CONTENT, _CONTENT)
@settings(max_examples=300, derandomize=True, database=None, deadline=None)
def test_only_equal_content_has_equal_fingerprints(
    one: dict[str, str], two: dict[str, str]
) -> None:
    same = effective(one, ('m',), 'en') == effective(two, ('m',), 'en')
    assert (fingerprint(one, ('m',), 'en') == fingerprint(two, ('m',), 'en')) is same
    backwards = dict(reversed(one.items()))
    assert fingerprint(one, ('m',), 'en') == fingerprint(backwards, ('m',), 'en')
