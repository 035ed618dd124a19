"""Cutting: whole sections and single templates, and nothing else changes on either page."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mwsocial.archiving.pieces import (
    Piece,
    cut_pieces,
    holds,
    templates,
    with_pieces,
    without_pieces,
)
from mwsocial.wiki.items import WANTED, find_items
from mwsocial.wiki.skeleton import cut


def item(item_id: str, more: str = '') -> str:
    return f'{{{{Social media item\n| id = {item_id}\n| text = words of {item_id}\n{more}}}}}'


def pieces(text: str, *ids: str) -> list[Piece]:
    return cut_pieces(
        text, {one.item.id: one.template for one in find_items(text) if one.item.id in ids}
    )


HEAD = 'Hello.\n__TOC__\n\n'
A, B, C = item('a'), item('b'), item('c')
TWO = f'== both ==\n{A}\nreply\n{B}\n'
PAGE = f'{HEAD}== one ==\n{A}\n:Nice. ~Bob\n=== more ===\nstill it\n\n== two ==\n{B}\n'


def test_a_section_with_its_replies() -> None:
    (piece,) = pieces(PAGE, 'a')
    assert piece.whole
    assert not piece.bare
    assert piece.text == f'== one ==\n{A}\n:Nice. ~Bob\n=== more ===\nstill it'
    assert without_pieces(PAGE, [piece]) == f'{HEAD}== two ==\n{B}\n'
    assert with_pieces('', [piece]) == piece.text
    archive = with_pieces('== old ==\nx\n', [piece])
    assert archive == f'== old ==\nx\n\n{piece.text}'
    assert holds(archive, piece)


def test_everything_goes() -> None:
    both = pieces(PAGE, 'a', 'b')
    assert without_pieces(PAGE, both) == HEAD
    assert both[1].bare


@pytest.mark.parametrize(
    'section',
    [
        TWO,
        f'== x ==\n{A}\n{{{{Social media stop}}}}\n',
        f'== x ==\n{A}\n{{{{Stop|for a reason}}}}\n',
        f'== x ==\n{A}\n{{{{Social media decision|id=b|approved=0 me}}}}\n',
        f'== x ==\n{A}\n{{{{Social media mention|url=https://a.example}}}}\n',
        f'== x ==\n{A}\nan open <!-- comment\n',
        f'== x ==\n{A}\nan open <nowiki> tag\n',
        f'== x ==\n{A}\n{{| an open table\n',
        f'== x ==\n{A}\nan open [[ link\n',
        f'== x ==\n{A}\nopen {{{{ braces\n',
        f'== x ==\n{A}\n<div>open\n',
        f'== x ==\n{A}\n</div>\n',
        f'== x ==\n=== sub ===\n{A}\nwords\n=== other ===\n{B}\n',
        f'= x =\n{A}\n',
        f'{A}\n',
    ],
)
def test_only_the_template(section: str) -> None:
    """From any other section just the template goes, and the rest stays as it was."""
    page = f'Hello.\n\n{section}\n'
    (piece,) = pieces(page, 'a')
    assert not piece.whole
    assert piece.text == f'== a ==\n{A}'
    after = without_pieces(page, [piece])
    if after is None:
        assert 'open' in section
        return
    assert A not in after
    left = section.replace(A, '')
    assert (
        Counter(after.split()) == Counter(page.replace(A, '').split())
        or not left.split('\n', 1)[1].strip()
    )
    assert templates(after) == [one for one in templates(page) if one != A]


def test_both_of_one_section() -> None:
    """Replies without an item stay, since nobody can say to which one they belong."""
    after = without_pieces(HEAD + TWO, pieces(HEAD + TWO, 'a', 'b'))
    assert after == f'{HEAD}== both ==\nreply\n'
    bare = f'{HEAD}== both ==\n{A}\n{B}\n'
    assert without_pieces(bare, pieces(bare, 'a', 'b')) == HEAD


def test_an_archive_that_swallows() -> None:
    """An archive page that somebody broke takes nothing, rather than hide it."""
    (piece,) = pieces(PAGE, 'b')
    for broken in ('see <!-- this', '{| class=wikitable', '<nowiki>', '[[ x'):
        page = f'== old ==\n{C}\n{broken}'
        new = with_pieces(page, [piece])
        assert new is None or templates(new) == [C, B], broken
    assert with_pieces(f'== old ==\n{C}\n<!-- ', [piece]) is None


def test_never_closed() -> None:
    page = f'== x ==\n{A}\n== y ==\n{{{{Social media item\n| id = b\n'
    assert [piece.key for piece in pieces(page, 'a', 'b')] == ['a']


def test_once_more() -> None:
    """What the bot wrote before is replaced, wherever it stands by now; what others changed is kept."""
    (piece,) = pieces(f'== one ==\n{A}\nlater reply\n', 'a')
    page = f'== old ==\n{C}\n\n== one ==\n{A}\n\n== z ==\n{B}\n'
    new = with_pieces(page, [piece], {'a': f'== one ==\n{A}'})
    assert new == f'== old ==\n{C}\n\n== one ==\n{A}\nlater reply\n\n== z ==\n{B}\n'
    changed = page.replace('words of a', 'other words')
    new = with_pieces(changed, [piece], {'a': f'== one ==\n{A}'})
    assert new == f'{changed.rstrip()}\n\n{piece.text}'


def test_held_only_as_a_whole() -> None:
    (piece,) = pieces(PAGE, 'b')
    assert holds(f'x\n== two ==\n{B}\n\n== y ==', piece)
    assert holds(f'== two ==\n{B}', piece)
    assert not holds(f'x == two ==\n{B}', piece)
    assert not holds(f'== two ==\n{B} and more', piece)


SNIPPETS = st.sampled_from([
    'words', '\n', '\n\n', '== h ==', '\n== h ==\n', '\n=== s ===\n', '{{', '}}', '[[', ']]', '<!--',
    '-->', '<nowiki>', '</nowiki>', '{|', '|}', '<div>', '</div>', '|', '=', '<translate>',
    '{{Social media stop}}', '{{x|y}}', '\n= t =\n', ' ', '~~~~', '<pre>', '</pre>', '-{', '}-',
])  # fmt: skip


@given(
    st.lists(st.one_of(SNIPPETS, st.sampled_from(['a', 'b', 'c'])), max_size=24),
    st.lists(SNIPPETS, max_size=8),
)
def test_nothing_is_lost(parts: list[str], old: list[str]) -> None:
    """Whatever people write: a template is either on one page or on the other, and whole."""
    page = ''.join(f'\n{item(part)}\n' if part in ('a', 'b', 'c') else part for part in parts)
    placed = {one.item.id: one.template for one in find_items(page)}
    moved = cut_pieces(page, placed)
    archive, rest = with_pieces(''.join(old), moved), without_pieces(page, moved)
    if archive is None or rest is None:
        return
    assert Counter(templates(archive)) + Counter(templates(rest)) == Counter(
        templates(page)
    ) + Counter(templates(''.join(old)))
    for piece in moved:
        assert piece.template in archive
        assert holds(archive, piece)
        assert page[piece.start : piece.end].rstrip() in (piece.text, piece.template)
    stops = {'Social media stop', 'Stop'}
    assert cut(rest, WANTED).used & stops == cut(page, WANTED).used & stops
