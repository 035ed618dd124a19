"""Saving on a real MediaWiki: nothing that somebody wrote is ever overwritten."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from mwsocial.errors import TemporaryError
from mwsocial.sandbox import Gate, Sandbox
from mwsocial.sandbox.faults import Rule
from mwsocial.wiki.api import Api
from mwsocial.wiki.read import snapshot
from mwsocial.wiki.save import Conflict, Lost, Refused, Saved, bots_welcome, edit_page, safe_summary
from mwsocial.wiki.save import save as save_page
from tests.wiki.desks import BOT, real_desk

real = pytest.mark.real
LINES = 'one\n\ntwo\n\nthree\n\nfour'


@pytest.fixture(scope='module')
def gate(wiki: Sandbox) -> Iterator[Gate]:
    with Gate(wiki.url) as gate:
        yield gate


@pytest.fixture(scope='module')
def opened(wiki: Sandbox, gate: Gate, tmp_path_factory: pytest.TempPathFactory) -> Api:
    api = real_desk(wiki, tmp_path_factory.mktemp('pywikibot'), gate.host).api
    api.patience = 3.0
    return api


@pytest.fixture
def api(opened: Api, gate: Gate, wiki: Sandbox) -> Iterator[Api]:
    """The wiki's API through a gate that is told nothing yet."""
    gate.reset()
    yield opened
    wiki.configure(wgReadOnly=None)


@pytest.fixture
def title(wiki: Sandbox) -> str:
    """A page of its own for a test, with four lines."""
    name = f'Sandbox/{uuid.uuid4()}'
    wiki.person('Carol').edit(name, LINES)
    return name


def base(api: Api, title: str) -> int:
    return snapshot(api, [title]).pages[title].revid


@real
def test_of_two_runs_on_one_line_one_wins(api: Api, title: str, wiki: Sandbox) -> None:
    revid = base(api, title)
    first = save_page(api, title, LINES.replace('one', 'A'), base=revid, summary='first')
    assert isinstance(first, Saved) and first.parentid == revid
    second = save_page(api, title, LINES.replace('one', 'B'), base=revid, summary='second')
    assert second == Conflict()
    assert wiki.person('Carol').page(title) == (LINES.replace('one', 'A'), first.revid)


@real
def test_what_the_wiki_merges_is_read_back(api: Api, title: str) -> None:
    revid = base(api, title)
    first = save_page(api, title, LINES.replace('one', 'A'), base=revid, summary='first')
    assert isinstance(first, Saved)
    second = save_page(api, title, LINES.replace('four', 'D'), base=revid, summary='second')
    assert isinstance(second, Saved)
    assert second.text == LINES.replace('one', 'A').replace('four', 'D')
    assert second.parentid == first.revid != revid


@real
def test_a_humans_edit_meanwhile_is_kept(api: Api, title: str, wiki: Sandbox) -> None:
    revid = base(api, title)
    human = wiki.person('Carol').edit(title, LINES.replace('one', 'human'))
    assert save_page(api, title, LINES.replace('one', 'bot'), base=revid, summary='x') == Conflict()
    assert wiki.person('Carol').page(title) == (LINES.replace('one', 'human'), human)


@real
def test_a_change_is_made_again_on_what_a_human_wrote(api: Api, title: str, wiki: Sandbox) -> None:
    seen = []

    def change(text: str) -> str:
        seen.append(text)
        if len(seen) < 3:
            wiki.person('Carol').edit(title, f'human {len(seen)}\n\n{LINES}')
        return text.replace('human', 'HUMAN').replace('one', 'bot')

    outcome = edit_page(api, title, change, summary='again')
    assert isinstance(outcome, Saved) and len(seen) == 3
    assert outcome.text == 'HUMAN 2\n\n' + LINES.replace('one', 'bot')


@real
def test_a_page_that_is_never_quiet_is_left_to_the_next_run(
    api: Api, title: str, wiki: Sandbox
) -> None:
    def change(text: str) -> str:
        wiki.person('Carol').edit(title, text + 'x')
        return text + 'y'

    with pytest.raises(TemporaryError, match='changed by others 2 times'):
        edit_page(api, title, change, summary='again', tries=2)
    assert wiki.person('Carol').text(title) == LINES + 'xx'


@real
def test_nothing_to_change_is_no_edit(api: Api, title: str, gate: Gate) -> None:
    assert edit_page(api, title, lambda text: None, summary='x') is None
    assert edit_page(api, title, lambda text: text, summary='x') is None
    assert gate.count(action='edit') == 0
    revid = base(api, title)
    outcome = save_page(api, title, LINES, base=revid, summary='x')
    assert outcome == Saved(revid, LINES, revid, changed=False)


@real
def test_pages_that_come_and_go(api: Api, title: str, wiki: Sandbox) -> None:
    new = f'{title}/new'
    assert edit_page(api, new, lambda text: 'x', summary='x') == Refused(
        _reason('wiki-missing', new)
    )
    assert save_page(api, new, 'x', base=base(api, title), summary='x') == Conflict()
    made = edit_page(api, new, lambda text: text + 'made', summary='x', create=True)
    assert isinstance(made, Saved) and made.parentid == 0
    assert save_page(api, new, 'other', base=0, summary='x') == Conflict()
    wiki.person('Admin').delete(new)
    assert save_page(api, new, 'other', base=made.revid, summary='x') == Conflict()
    assert save_page(api, new, '#REDIRECT [[Main Page]]', base=0, summary='x')
    assert edit_page(api, new, lambda text: 'x', summary='x') == Refused(
        _reason('wiki-redirect', new)
    )


def _reason(key: str, *args: str) -> object:
    from mwsocial.reason import Reason

    return Reason(key, args)


@real
def test_a_new_section_never_conflicts(api: Api, title: str, wiki: Sandbox) -> None:
    for word in ('first', 'second'):
        outcome = save_page(
            api, title, f'{word} text', base=None, summary=word, section='new', section_title=word
        )
        assert isinstance(outcome, Saved)
    assert outcome.text == f'{LINES}\n\n== first ==\n\nfirst text\n\n== second ==\n\nsecond text'


@real
def test_readonly_ends_in_time(api: Api, title: str, wiki: Sandbox, gate: Gate) -> None:
    revid = base(api, title)
    wiki.configure(wgReadOnly='for a test')
    with pytest.raises(TemporaryError, match='for a test'):
        save_page(api, title, 'x', base=revid, summary='x')
    assert gate.count(action='edit') > 1
    wiki.configure(wgReadOnly=None)
    assert isinstance(save_page(api, title, 'x', base=revid, summary='x'), Saved)


@real
@pytest.mark.parametrize('fault', [{'after': 'drop'}, {'truncate': 20}])
def test_an_edit_whose_answer_was_lost_is_found(
    api: Api, title: str, gate: Gate, wiki: Sandbox, fault: dict[str, str]
) -> None:
    revid = base(api, title)
    gate.rules.append(Rule(action='edit', **fault))  # type: ignore[arg-type]
    text = LINES.replace('one', 'nonce-4711')
    outcome = save_page(api, title, text, base=revid, summary='claim', nonce='nonce-4711')
    assert isinstance(outcome, Saved) and outcome.text == text and outcome.parentid == revid
    assert gate.count(action='edit') == 1
    own = [one for one in wiki.person('Carol').history(title) if one['user'] == BOT]
    assert [one['revid'] for one in own] == [outcome.revid]


@real
def test_an_edit_that_never_arrived_is_lost_not_repeated(
    api: Api, title: str, gate: Gate, wiki: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr('mwsocial.wiki.save.LOOKS', (0.0, 0.1))
    revid = base(api, title)
    gate.rules.append(Rule(action='edit', before='drop'))
    outcome = save_page(api, title, 'x', base=revid, summary='claim', nonce='x')
    assert isinstance(outcome, Lost)
    assert gate.count(action='edit') == 1
    assert base(api, title) == revid


@real
def test_a_filter_speaks_for_itself(api: Api, title: str, wiki: Sandbox) -> None:
    admin = wiki.person('Admin')
    admin.edit('MediaWiki:Spam-blacklist', r'spam\.example')
    revid = base(api, title)
    outcome = save_page(api, title, 'https://spam.example/x', base=revid, summary='x')
    assert isinstance(outcome, Refused)
    assert 'spam.example' in outcome.reason.text()
    assert base(api, title) == revid


@real
def test_a_protected_page_is_refused_and_shown(api: Api, title: str, wiki: Sandbox) -> None:
    name = 'MediaWiki:Test-interface'
    wiki.person('Admin').edit(name, 'x')
    page = snapshot(api, [name, title]).pages[name]
    assert 'interface' in page.refusal
    outcome = save_page(api, name, 'y', base=page.revid, summary='x')
    assert isinstance(outcome, Refused) and 'interface' in outcome.reason.text()


@real
def test_bots_may_be_asked_to_stay_away(api: Api, title: str, wiki: Sandbox) -> None:
    wiki.person('Carol').edit(title, '{{nobots}}')
    outcome = edit_page(api, title, lambda text: text + '\nx', summary='x')
    assert outcome == Refused(_reason('wiki-nobots', title))
    assert isinstance(
        edit_page(api, title, lambda text: text + '\nx', summary='x', duty=True), Saved
    )


@real
def test_summary_and_flags(api: Api, title: str, wiki: Sandbox) -> None:
    revid = base(api, title)
    words = 'posted to https://x.com/a/status/1 for @a@b.example [[User:Carol]]'
    assert isinstance(save_page(api, title, 'a', base=revid, summary=words, minor=True), Saved)
    newest = wiki.person('Carol').history(title)[0]
    assert newest['comment'] == 'posted to … for ab.example [[User:Carol]]'
    assert newest['minor'] is True
    revid = base(api, title)
    assert isinstance(save_page(api, title, 'b', base=revid, summary='ü' * 900), Saved)
    newest = wiki.person('Carol').history(title)[0]
    assert newest['minor'] is False and len(newest['comment']) <= 500


@pytest.mark.parametrize(('summary', 'safe'), [
    ('mwsocial:claim sending a-1: x', 'mwsocial:claim sending a-1: x'),
    ('a\nb\tc\u202ed', 'a b c d'),
    ('(approved in [[Special:Diff/7]])', '(approved in [[Special:Diff/7]])'),
    ('see HTTPS://x.y/z, ftp://q', 'see … …'),
    ('by @alice and @bob@example.org', 'by alice and bobexample.org'),
])  # fmt: skip
def test_summaries_are_made_safe(summary: str, safe: str) -> None:
    assert safe_summary(summary) == safe


def test_a_summary_is_never_cut_inside_a_link() -> None:
    for length in range(440, 520):
        cut = safe_summary('x' * length + ' [[User:Somebody with a name]] and more ' + 'y' * 100)
        assert len(cut) <= 500
        assert cut.count('[[') == cut.count(']]')


@pytest.mark.parametrize(('text', 'welcome'), [
    ('', True), ('{{nobots}}', False), ('{{Nobots}}', False), ('{{template:nobots}}', False),
    ('{{nobots|all}}', False), ('{{nobots|Other}}', True), ('{{nobots|Other,News bot}}', False),
    ('{{nobots|deny=X}}', False), ('{{bots}}', True), ('{{bots|deny=all}}', False),
    ('{{bots|deny=News bot}}', False), ('{{bots|deny=News_bot, X}}', False),
    ('{{bots|deny=X}}', True), ('{{bots|allow=all}}', True), ('{{bots|allow=News bot}}', True),
    ('{{bots|allow=X}}', False), ('{{bots|allow=none}}', False), ('{{bots|deny=none}}', True),
    ('<nowiki>{{nobots}}</nowiki>', True), ('<!-- {{nobots}} -->', True), ('{{robots}}', True),
])  # fmt: skip
def test_bots_and_nobots(text: str, welcome: bool) -> None:
    assert bots_welcome(text, 'News bot') is welcome
