"""The tool and ``Module:Social media/values`` on a real wiki read every value alike."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mwsocial.desk.fingerprint import fingerprint
from mwsocial.sandbox import Sandbox
from mwsocial.wiki import values
from mwsocial.wiki.values import resolve, resolve_wikitext

from .cases import CASES, ITEMS
from .fragments import WIKITEXT
from .wiki_values import Seen, WikiValues

pytestmark = pytest.mark.real

_VALID = [case for case in CASES if case.value is not None]
_FAULTY = [case for case in CASES if case.value is None]
#: What MediaWiki has worked on before a module sees anything of it.
_NEVER_SEEN = {
    'values-argument', 'values-brackets', 'values-composed', 'values-pipe', 'values-template',
}  # fmt: skip
#: What is seen only where it has left something.
_UNSEEN = _NEVER_SEEN | {'values-braces', 'values-extension'}
#: What can make MediaWiki overlook the end of the template: everybody sees that.
_BREAKING = {
    'values-brackets', 'values-comment', 'values-conversion', 'values-link', 'values-template',
    'values-extension',  # <onlyinclude>: all around it is left out
}  # fmt: skip


@pytest.fixture(scope='module')
def wiki_values(sandbox: Sandbox) -> WikiValues:
    """The module on the wiki of the session."""
    return WikiValues(sandbox)


@pytest.mark.parametrize('parsed', [True, False], ids=['whole parser', 'only templates'])
def test_table_on_the_wiki(wiki_values: WikiValues, parsed: bool) -> None:
    found = wiki_values.values([(case.kind, case.wikitext) for case in _VALID], parsed)
    wrong = [
        (case.name, case.wikitext, case.value, seen)
        for case, seen in zip(_VALID, found, strict=True)
        if seen != Seen(case.value or '', [])
    ]
    assert not wrong


def test_what_the_module_can_see_it_refuses(wiki_values: WikiValues) -> None:
    asked = [(case.kind, case.wikitext) for case in _FAULTY]
    seen: set[str] = set()
    for case, found in zip(_FAULTY, wiki_values.values(asked, alone=True), strict=True):
        if found is None:
            assert set(case.faults) & _BREAKING, case
            continue
        seen |= set(found.faults)
        # The wiki cuts the value at a bar, and replaces U+007F: the module sees less.
        if 'values-pipe' not in case.faults and '\x7f' not in case.wikitext:
            assert set(case.faults) - _UNSEEN <= set(found.faults), case
    assert seen == {key for case in _FAULTY for key in case.faults} - _NEVER_SEEN


def test_items_have_one_fingerprint(wiki_values: WikiValues) -> None:
    page = ''.join(
        wiki_values.call('item', number, {
            'default-channels': ' '.join(case.channels),
            'default-language': case.language,
            **case.params,
        })
        for number, case in enumerate(ITEMS)
    )  # fmt: skip
    for parsed in (True, False):
        found = wiki_values.ask(page, parsed)
        for number, case in enumerate(ITEMS):
            assert found[number]['fingerprint'] == case.fingerprint, case.name


def test_lists_are_the_same(wiki_values: WikiValues) -> None:
    assert wiki_values.lists() == {
        'extensionTags': values.EXTENSION_TAGS,
        'htmlTags': values.HTML_TAGS,
        'switches': values.SWITCHES,
        'switchesAnyCase': values.SWITCHES_ANY_CASE,
        'protocols': values.PROTOCOLS,
    }


def test_the_wiki_has_no_tag_or_switch_that_is_unknown(wiki_values: WikiValues) -> None:
    found = wiki_values.admin.api(
        action='query', meta='siteinfo', siprop=['extensiontags', 'magicwords', 'protocols']
    )['query']
    tags = {tag.strip('<>') for tag in found['extensiontags']}
    assert tags - {'nowiki'} <= values.EXTENSION_TAGS
    assert set(found['protocols']) <= values.PROTOCOLS
    exact: set[str] = set()
    any_case: set[str] = set()
    for word in found['magicwords']:
        for alias in word['aliases']:
            if alias.startswith('__'):
                (exact if word['case-sensitive'] else any_case).add(alias.strip('_'))
    assert len(exact) > 5
    assert exact <= values.SWITCHES
    assert any_case <= values.SWITCHES_ANY_CASE


_compared = Counter[str]()


@given(
    st.lists(
        st.tuples(st.sampled_from(['text', 'text', 'news']), WIKITEXT), min_size=45, max_size=45
    )
)
@settings(
    max_examples=10, derandomize=True, database=None, deadline=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
def _compare(wiki_values: WikiValues, drawn: list[tuple[str, str]]) -> None:
    asked, wanted = [], []
    for name, wikitext in drawn:
        found = resolve(wikitext) if name == 'text' else resolve_wikitext(wikitext)
        if not found.faults:
            asked.append((name, wikitext))
            wanted.append(Seen(found.value, []))
    for parsed in (True, False):
        for case, value, seen in zip(asked, wanted, wiki_values.values(asked, parsed), strict=True):
            assert seen == value, case
    _compared['values'] += len(asked)


def test_values_made_of_nasty_pieces(wiki_values: WikiValues) -> None:
    """Whatever the tool accepts, the wiki accepts with the same value: ten pages of 45 drawn ones."""
    _compared.clear()
    _compare(wiki_values)
    assert _compared['values'] >= 200


def test_fingerprint_of_what_is_compared() -> None:
    for case in ITEMS:
        content = {
            name: (resolve_wikitext if name == 'news' else resolve)(raw).value
            for name, raw in case.params.items()
        }
        assert fingerprint(content, case.channels, case.language) == case.fingerprint, case.name
