"""What a parameter says: the shared table, and input that is meant to hurt."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mwsocial
from mwsocial.wiki.values import Resolved, resolve, resolve_wikitext

from .cases import CASES, Case
from .fragments import WIKITEXT

_MESSAGES = Path(mwsocial.__file__).parent / 'i18n/values'
_FORBIDDEN = {*range(9), *range(0xB, 0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F)} | {
    *range(0x2066, 0x206A), 0xFEFF, *range(0xD800, 0xE000)
}  # fmt: skip


def _read(kind: str, wikitext: str) -> Resolved:
    return resolve_wikitext(wikitext) if kind == 'news' else resolve(wikitext)


@pytest.mark.parametrize('case', CASES, ids=lambda case: case.name)
def test_table(case: Case) -> None:
    found = _read(case.kind, case.wikitext)
    assert [fault.key for fault in found.faults] == case.faults
    if case.value is not None:
        assert found.value == case.value


def test_the_table_is_rich_and_names_each_case_once() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 170
    assert all((case.value is None) == bool(case.faults) for case in CASES)


def test_every_fault_has_its_sentence_and_every_sentence_a_case() -> None:
    english = json.loads((_MESSAGES / 'en.json').read_text('utf-8'))
    notes = json.loads((_MESSAGES / 'qqq.json').read_text('utf-8'))
    assert list(english) == list(notes)
    assert set(english) - {'@metadata'} == {key for case in CASES for key in case.faults}
    for case in CASES:
        for fault in _read(case.kind, case.wikitext).faults:
            # Signs that are wikitext come as arguments, which are escaped where they are shown.
            sentence = english[fault.key]
            assert not set(sentence) & set("{}[]|<>~'")
            assert set(notes[fault.key]) >= set('$1')
            numbers = {f'${number}' for number in range(1, len(fault.args) + 1)}
            assert all(number in sentence for number in numbers), fault
            assert f'${len(fault.args) + 1}' not in sentence
            assert '$' not in fault.text()


def test_a_fault_quotes_what_is_wrong() -> None:
    assert resolve('a {{foo|bar}}').faults[0].args[0] == '{{foo}}'
    assert resolve('&copy;').faults[0].args == ('&copy;', '©', '&amp;')
    assert resolve('a <B >b').faults[0].args[0] == '<B>'
    assert resolve('a\u202eb').faults[0].args == ('U+202E RIGHT-TO-LEFT OVERRIDE',)
    assert resolve('&#x110000;').faults[0].args == ('&#x110000;',)
    assert len(resolve('{{' + 'a' * 999).faults[0].args[0]) < 60
    assert len(resolve('&' + 'a' * 999 + ';').faults[0].args[0]) < 60


def test_surrogates_are_refused() -> None:
    assert [fault.key for fault in resolve('a\ud83db').faults] == ['values-character']
    assert [fault.key for fault in resolve_wikitext('\udc80').faults] == ['values-character']


@pytest.mark.parametrize('kind', ['text', 'news'])
def test_forbidden_characters(kind: str) -> None:
    for code in _FORBIDDEN - {0x0D}:
        faults = [fault.key for fault in _read(kind, f'a{chr(code)}b').faults]
        assert faults == ['values-character'], f'{code:04X}'


@pytest.mark.parametrize(
    'code', [0x9, 0xA, 0x20, 0xA0, 0xAD, *range(0x200C, 0x2010), 0x2028, 0x202F]
)
def test_allowed_characters(code: int) -> None:
    assert resolve(f'a{chr(code)}b') == Resolved(f'a{chr(code)}b')
    assert resolve(f'a&#{code};b') == Resolved(f'a{chr(code)}b')


@pytest.mark.parametrize(
    ('bomb', 'key'),
    [
        ('{{' * 10_000, 'values-argument'),
        ('{{a|' * 10_000, 'values-template'),
        ('{{a|' * 10_000 + '}}' * 10_000, 'values-template'),
        ('{{{a|' * 10_000 + '}}}' * 10_000, 'values-argument'),
        ('[[' * 30_000, 'values-link'),
        ('[[a|' * 10_000 + ']]' * 10_000, 'values-link'),
        ('-{' * 30_000, 'values-conversion'),
        ('<nowiki>' * 12_000, 'values-nowiki'),
        ('<nowiki>/>' * 10_000, 'values-nowiki'),
        ('<nowiki ' * 12_000, 'values-nowiki'),
        ('<!--' * 25_000, 'values-comment'),
        ('<b ' * 30_000 + '>', 'values-tag'),
        ('<ref>' * 20_000, 'values-extension'),
        ('[http://a' * 10_000 + ']', 'values-address'),
        ('{{!' * 30_000, 'values-template'),
        ('\n=' * 50_000 + '{{a', 'values-template'),
        ('&#' + '9' * 100_000 + ';', 'values-number'),
        ('&' + 'a' * 100_000 + ';', 'values-entity'),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else None,
)
def test_bombs_are_refused(bomb: str, key: str) -> None:
    assert key in [fault.key for fault in resolve(bomb).faults]
    resolve_wikitext(bomb)


@pytest.mark.parametrize(
    ('long', 'value'),
    [
        ('a<!-- x -->' * 9_000, 'a' * 9_000),
        ('a' + '\n<!-- x -->' * 9_000 + '\nb', 'a\nb'),
        ('a\n' + '<!-- x --> ' * 9_000 + 'b', 'a\n' + ' ' * 9_000 + 'b'),
        ('<nowiki>[[</nowiki>' * 5_000, '[[' * 5_000),
        ('<nowiki/>' * 11_000, ''),
        ('{{!}}' * 20_000, '|' * 20_000),
        ('&#38;' * 20_000, '&' * 20_000),
        ('&' * 100_000, '&' * 100_000),
        ('[http://a' * 11_000, '[http://a' * 11_000),
        ('a' + ' ' * 100_000 + 'b' + ' ' * 100_000, 'a' + ' ' * 100_000 + 'b'),
        ('{' + 'a{' * 50_000, '{' + 'a{' * 50_000),
        ('<' * 100_000, '<' * 100_000),
    ],
    ids=lambda value: None if len(value) > 999 and value[0] == 'a' else value[:12],
)
def test_long_values(long: str, value: str) -> None:
    assert resolve(long) == Resolved(value)


@given(WIKITEXT)
@settings(max_examples=400, derandomize=True, database=None, deadline=None)
def test_whatever_is_accepted_is_clean(wikitext: str) -> None:
    for found in (resolve(wikitext), resolve_wikitext(wikitext)):
        if not found.faults:
            assert found.value == found.value.strip(' \t\n')
            assert unicodedata.is_normalized('NFC', found.value)
            assert not _FORBIDDEN & set(map(ord, found.value))


@given(WIKITEXT)
@settings(max_examples=400, derandomize=True, database=None, deadline=None)
def test_news_that_is_accepted_says_the_same_again(wikitext: str) -> None:
    found = resolve_wikitext(wikitext)
    if not found.faults:
        again = resolve_wikitext(found.value)
        assert again.value == found.value
        assert {fault.key for fault in again.faults} <= {'values-pipe'}


@given(st.text(st.characters(exclude_categories=['Cs', 'Cc', 'Cf']), max_size=30))
@settings(max_examples=200, derandomize=True, database=None, deadline=None)
def test_escaped_text_comes_back(text: str) -> None:
    escaped = ''.join(f'&#{ord(sign)};' for sign in text)
    wanted = unicodedata.normalize('NFC', text).strip(' \t\n')
    assert resolve(escaped) == Resolved(wanted)


def test_half_a_million_tags_and_one_bracket_are_no_harm() -> None:
    # No memory is so fast that it could be read from each tag to the end.
    many = 100_000
    assert [fault.key for fault in resolve('<nowiki ' * many + '>').faults] == ['values-nowiki']
