from __future__ import annotations

import sys
from types import CodeType, FrameType
from typing import Any

import mwparserfromhell
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mwsocial.wiki import skeleton as module
from mwsocial.wiki.skeleton import cut, template_name, without_comments

# The same pages in every run, however busy the machine.
STEADY = settings(deadline=None, derandomize=True)

X = frozenset({'X'})


def found(text: str) -> list[str]:
    return [text[one.start : one.end] for one in cut(text, X).templates if one.closed]


@pytest.mark.parametrize(
    ('words', 'name'),
    [
        ('social media item', 'Social media item'),
        (' Template:social_media__item\n', 'Social media item'),
        ('TEMPLATE : Social media item', 'Social media item'),
        ('_template_:_social media item_', 'Social media item'),
        ('<!-- a -->Social<!-- b --> media item <!-- c', 'Social media item'),
        ('Social\u00a0media\u2003item', 'Social media item'),
        ('Social Media item', 'Social Media item'),
        ('Templates:Social media item', 'Templates:Social media item'),
        (':Social media item', ':Social media item'),
        ('Template:Template:x', 'Template:x'),
        ('Social media\nitem', 'Social media\nitem'),
        ('', ''),
    ],
)
def test_names(words: str, name: str) -> None:
    assert template_name(words) == name


# What MediaWiki 1.39's Preprocessor_Hash makes of these.
@pytest.mark.parametrize(
    ('text', 'expected'),
    [
        ('{{X}}', ['{{X}}']),
        ('a {{x|b}} {{ Template:X | c }} d', ['{{x|b}}', '{{ Template:X | c }}']),
        ('{{{X}}}', []),
        ('{{{{X}}}}', []),
        ('{{{X}}', ['{{X}}']),
        ('{{X}}}', ['{{X}}']),
        ('{{{{X}} }}', []),
        ('{{y|{{X}}}}', []),
        ('{{y|{{X}}', ['{{X}}']),
        ('{{X|{{y}}', []),
        ('{{X|{{X|a}}', ['{{X|a}}']),
        ('{{X|[[a}} {{X|b}}', ['{{X|b}}']),
        ('[[a|{{X}}]]', []),
        ('[[a|{{X}}', ['{{X}}']),
        ('{{X|a=-{b}} {{X}}', ['{{X}}']),
        ('-{zh:{{X}}}-', []),
        ('-{{X}}-', ['{{X}}']),
        ('<!-- {{X}} -->', []),
        ('<!-- {{X}}', []),
        ('<nowiki>{{X}}</nowiki >{{X|a}}', ['{{X|a}}']),
        ('<NOWIKI x="y">{{X}}</nowiki>', []),
        ('<nowiki>{{X}}', ['{{X}}']),
        ('<nowiki/>{{X}}', ['{{X}}']),
        ('<nowikis>{{X}}</nowikis>', ['{{X}}']),
        ('{{X|<nowiki>}}</nowiki>}}', ['{{X|<nowiki>}}</nowiki>}}']),
        ('{{X|<!-- }} -->}}', ['{{X|<!-- }} -->}}']),
        ('<includeonly>{{X}}', []),
        ('{{X|a\n== b }}\n}}', ['{{X|a\n== b }}\n}}']),
        ('{{X|a\n= b }}', ['{{X|a\n= b }}']),
        ('{{X|c=a\n= b }}\n}}', ['{{X|c=a\n= b }}\n}}']),
    ],
)
def test_ends_where_mediawiki_ends_it(text: str, expected: list[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ('text', 'expected'),
    [
        ('<div>{{X}}</div>', 1),
        ("* '''{{X}}'''", 1),
        ('<ref>{{X}}</ref>', 0),
        ('<noinclude>{{X}}</noinclude>', 0),
        ('<translate>\n{{X}}\n</translate>', 0),
        ('<translate>{{X}}', 1),
        ('{|\n| {{X}}\n|}\n{{X}}', 1),
        ('{|\n| a\n|}\n{{X}}', 1),
        (' ::{| class="a"\n| {{X}}\n  |}', 0),
        ('{|\n| {{X}}', 1),
        ('{|\n{|\n{{X}}\n|}\n{{X}}\n|}', 0),
        ('a {|\n{{X}}\n|}', 1),
        ('<table><tr><td>{{X}}</td></tr></table>', 0),
        ('== {{X}} ==', 0),
        ('== a ==\n{{X}}', 1),
        ('== {{X}}', 1),
    ],
)
def test_what_stands_apart_does_not_count(text: str, expected: int) -> None:
    assert len(found(text)) == expected


def test_parts() -> None:
    text = 'é {{X|a=b|<b>c|d</b>=e|[[f|g]]=h|{{y|z=1}}|[http://x i|j]|k=<!-- | -->l=m}}'
    (one,) = cut(text, X).templates
    raw = text[one.start : one.end]
    ends = [bar for bar, _ in one.parts[1:]] + [len(raw) - 2]
    assert [raw[bar + 1 : end] for (bar, _), end in zip(one.parts, ends, strict=True)] == [
        'a=b', '<b>c', 'd</b>=e', '[[f|g]]=h', '{{y|z=1}}', '[http://x i', 'j]', 'k=<!-- | -->l=m',
    ]  # fmt: skip
    assert [raw[bar + 1 : equals] if equals > 0 else None for bar, equals in one.parts] == [
        'a', None, 'd</b>', '[[f|g]]', None, None, None, 'k',
    ]  # fmt: skip


def test_headings_and_what_is_never_closed() -> None:
    text = '= a =\n{{X|\n== no ==\n}}\n==b==  <!-- c -->\n=\n==d\n{{X|e'
    skeleton = cut(text, X)
    assert [text[one.start : one.end] for one in skeleton.headings] == [
        '= a =',
        '==b==  <!-- c -->',
    ]
    assert [(one.closed, text[one.start : one.end]) for one in skeleton.templates] == [
        (True, '{{X|\n== no ==\n}}'),
        (False, '{{X'),
    ]


def test_braces_after_an_early_end() -> None:
    assert [one.stray for one in cut('{{X}} {{X|a }} b\n}}\n{{X}}\n== h ==\n}}', X).templates] == [
        False, True, False,
    ]  # fmt: skip


def test_used_names_are_seen_everywhere_the_wiki_shows_them() -> None:
    assert cut('{|\n| [[a|{{y|{{X}}}}]]\n|}', X).used == X
    assert cut('<!-- {{X}} --><nowiki>{{X}}</nowiki>{{X', X).used == frozenset()


@pytest.mark.parametrize(
    'piece',
    ['{{', '{{a|', '[[', '{{X|a=', '{|\n', '{{{', '}}', '|', '=\n', '<!--', '<nowiki>', '<nowiki ',
     '-{', '-{{', '{{X}}', '<table>', '\n=={{', '<ref', '\n:{|', '{{X|[[', '{{X|{{X|'],
)  # fmt: skip
def test_a_page_full_of_it_is_no_harm(piece: str) -> None:
    skeleton = cut(piece * 30_000, X)
    assert len(skeleton.templates) <= 60_000


_OPENERS = (
    '{{', '{{{', '{{{{{', '{{X', '{{X|', '{{X|a=', '{{y|', '[', '[[', '[[[', '{{X|[[', '-{', '-{{{',
    '<!--', '<nowiki>', '<nowiki ', '<pre>', '<ref>', '<table>', '<translate>', '\n{|', '{|', '=',
    '\n==', '\n== {{', '\n== [[', '|', '|a=', ' ', '\n',
)  # fmt: skip
_CLOSERS = (
    '}}', '}}}', '}}}}}', '}', ']]', ']', ']]]', '}-', '-->', '}}-->\n', '<!-- -->', '</nowiki>',
    '</pre>', '</ref>', '</table>', '</translate>', '>', '\n|}', '|}', '|', '=', '==\n', '}}==\n',
    ']]==\n', ' ', '\n',
)  # fmt: skip
#: So often each piece stands there: where time grows with the square, steps are a hundred thousand and more.
_OFTEN = 400


def _steps(text: str, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """How many lines of the module run for *text*, and how many characters of marks they are given."""
    lines = marked = 0
    take = module._Cutter.take

    def counted(self: Any, mark: str, *rest: Any) -> int:
        nonlocal marked
        marked += len(mark)
        return take(self, mark, *rest)

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal lines
        code: CodeType = frame.f_code
        if code.co_filename != module.__file__:
            return None
        lines += event == 'line'
        return trace

    monkeypatch.setattr(module._Cutter, 'take', counted)
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        cut(text, X)
    finally:
        sys.settrace(before)
    return lines, marked


@pytest.mark.parametrize('closer', _CLOSERS)
def test_a_page_of_openers_and_then_closers_is_no_harm(
    closer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for opener in _OPENERS:
        text = opener * _OFTEN + closer * _OFTEN
        lines, marked = _steps(text, monkeypatch)
        monkeypatch.undo()
        assert lines <= 150 * _OFTEN, opener
        assert marked <= 2 * len(text), opener


# Of a heading's line it is copies that cost: no line of code runs more often for them.
@pytest.mark.parametrize(
    'text',
    [
        '== a ==' + '<!-- a -->' * 200_000 + '\n',
        '== a ' + '<!---->' * 300_000 + '\n',
        '\n== {{' * 20_000 + ' ' * 1_000_000 + '}}-->\n' * 20_000,
        '\n== {{' * 20_000 + '<nowiki>' + '<!---->' * 100_000 + '</nowiki>' + '}}-->\n' * 20_000,
    ],
    ids=['comments', 'comments without a heading', 'headings', 'headings with the same comments'],
)
def test_a_heading_of_two_million_signs_is_no_harm(text: str) -> None:
    assert len(cut(text, X).headings) <= 1


@pytest.mark.parametrize(
    ('line', 'heading'),
    [
        ('== a == <!-- b --> <!-- c --> ', True),
        ('==<!-- b -->', False),
        ('===<!-- b -->', True),
        ('== a <!-- b -->', False),
        ('<!-- a -->== a ==', False),
        ('== a -->', False),
        ('== a == -->', False),
        ('== a ==<nowiki><!--</nowiki> -->', False),
        ('== a ==<nowiki>--><!--</nowiki> -->', False),
        ('<nowiki><!--</nowiki>\n== a ==-->', False),
    ],
)
def test_comments_behind_a_heading(line: str, heading: bool) -> None:
    assert (len(cut(line, X).headings) == 1) is heading


@pytest.mark.parametrize(('text', 'without'), [
    ('', ''), ('a', 'a'), ('a<!-- b -->c', 'ac'), ('<!----><!---->', ''), ('a<!-- b', 'a'), ('a<!-->b', 'a'),
    # What is left of two comments is no comment, as in MediaWiki.
    ('<!<!-- -->-- a -->', '<!-- a -->'), ('-->a', '-->a'),
])  # fmt: skip
def test_without_comments(text: str, without: str) -> None:
    assert without_comments(text) == without


_WORDS = st.text('abc \n', min_size=1, max_size=6)


@st.composite
def _values(draw: st.DrawFn) -> str:
    forms = (
        '{}',
        '[[{}]]',
        '[[{}|a]]',
        '{{{{y|{}}}}}',
        '{{{{y|a={}}}}}',
        '<nowiki>|{{{{</nowiki>{}',
    )
    return ''.join(
        form.format(draw(_WORDS).replace('\n', '') or 'a')
        for form in draw(st.lists(st.sampled_from(forms), max_size=4))
    )


@STEADY
@given(st.lists(st.tuples(_WORDS, st.lists(_values(), max_size=4)), max_size=5))
def test_agrees_with_mwparserfromhell_on_a_tidy_page(page: list[tuple[str, list[str]]]) -> None:
    text = ''.join(
        words + '{{X' + ''.join(f'|p{n}={value}' for n, value in enumerate(values)) + '}}'
        for words, values in page
    )
    parsed = mwparserfromhell.parse(text).filter_templates(
        recursive=False, matches=lambda one: one.name.matches('X')
    )
    cuts = cut(text, X).templates
    assert [text[one.start : one.end] for one in cuts] == [str(one) for one in parsed]
    for one, theirs in zip(cuts, parsed, strict=True):
        raw = text[one.start : one.end]
        ends = [*(bar for bar, _ in one.parts[1:]), len(raw) - 2][: len(one.parts)]
        mine = [
            (raw[bar + 1 : equals], raw[equals + 1 : end])
            for (bar, equals), end in zip(one.parts, ends, strict=True)
        ]
        assert mine == [(str(param.name), str(param.value)) for param in theirs.params]


@STEADY
@given(
    st.lists(
        st.sampled_from(
            [
                '{{X',
                '{{',
                '}}',
                '|',
                'a=',
                '=',
                '\n',
                '\n==',
                '[[',
                ']]',
                '<!--',
                '-->',
                '<nowiki>',
                '</nowiki>',
                '-{',
                '}-',
                '{{{',
                '}}}',
                '\n{|',
                '\n|}',
                '<table>',
                '</table>',
                'é',
            ]
        ),
        max_size=40,
    )
)
def test_whatever_the_page_the_places_are_in_order(pieces: list[str]) -> None:
    text = ''.join(pieces)
    pos = 0
    for one in cut(text, X).templates:
        assert pos <= one.start < one.end <= len(text)
        assert text.startswith('{{', one.start)
        assert not one.closed or text[one.end - 2 : one.end] == '}}'
        assert all(0 < bar < one.end - one.start for bar, _ in one.parts)
        pos = one.end if one.closed else one.start + 2
