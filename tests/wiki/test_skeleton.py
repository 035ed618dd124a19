from __future__ import annotations

import mwparserfromhell
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


@pytest.mark.parametrize(('opened', 'closed'), [
    ('{|\n', '</table>'), ('<table>', '\n|}'), ('<noinclude>', '</table>'), ('[[', ']]'), ('{{', '}}'),
    ('{{{', '}}}'), ('-{', '}-'), ('[[', '}}'), ('{{X|', ']]'), ('\n== ', '<!---->'),
])  # fmt: skip
def test_a_page_of_two_halves_is_no_harm(opened: str, closed: str) -> None:
    """What looks back for its beginning, or for the end of a row, again and again would take hours."""
    skeleton = cut(opened * 60_000 + closed * 60_000, X)
    assert len(skeleton.templates) <= 60_000


def test_a_heading_of_comments_is_no_harm() -> None:
    text = '== Words ==' + '<!-- -->' * 200_000
    assert [one.start for one in cut(text, X).headings] == [0]
    assert template_name('a<!-- -->' * 100_000) == 'A' + 'a' * 99_999


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
