"""What the wiki's answers to a save come to, with real Pywikibot against a server on this machine."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
import urllib3

from mwsocial.delivery.archive import keep_record
from mwsocial.desk.binding import bound
from mwsocial.errors import ConfigurationError, TemporaryError
from mwsocial.sandbox.faults import Answer, Rule, html_error
from mwsocial.wiki import save as saving
from mwsocial.wiki.items import read_queue
from mwsocial.wiki.read import snapshot
from mwsocial.wiki.save import Conflict, Lost, Refused, Saved, save
from mwsocial.wiki.site import OpenDesk
from tests.wiki.desks import BOT, Stub, error, json_answer, page, stub_desk

SAVED = json_answer({'edit': {'result': 'Success', 'oldrevid': 7, 'newrevid': 8}})
REVISION = {'query': {'pages': [page('Queue', 'new', revid=8)]}}


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Stub, OpenDesk]]:
    monkeypatch.setattr(saving, 'LOOKS', (0.0, 0.0))
    with stub_desk(tmp_path) as (stub, desk):
        yield stub, desk


def do_save(desk: OpenDesk, **more: Any) -> saving.Outcome:
    return save(desk.api, 'Queue', 'new', base=7, summary='words', **more)


def test_a_saved_page_is_read_back(opened: tuple[Stub, OpenDesk]) -> None:
    stub, desk = opened
    stub.says(SAVED, action='edit')
    merged = {'query': {'pages': [page('Queue', 'new and theirs', revid=8)]}}
    stub.says(json_answer(merged), revids='8')
    assert do_save(desk) == Saved(8, 'new and theirs', 7, merged=True)
    sent = stub.sent[0].fields
    assert (sent['baserevid'], sent['nocreate'], sent['assertuser']) == ('7', '1', BOT)
    assert 'basetimestamp' not in sent and 'createonly' not in sent
    assert list(sent)[-1] == 'token'


@pytest.mark.parametrize('code', ['editconflict', 'articleexists', 'missingtitle', 'pagedeleted',
                                  'nosuchrevid', 'revwrongpage'])  # fmt: skip
def test_conflicts(opened: tuple[Stub, OpenDesk], code: str) -> None:
    stub, desk = opened
    stub.says(error(code), action='edit')
    assert do_save(desk) == Conflict()
    assert stub.count() == 1


@pytest.mark.parametrize('code', [
    'protectedpage', 'cascadeprotected', 'protectedtitle', 'titleblacklist-forbidden',
    'spamblacklist', 'abusefilter-disallowed', 'abusefilter-warning', 'blocked', 'autoblocked',
    'hookaborted', 'contenttoobig', 'tpt-target-page', 'pt-shake-multiple', 'permissiondenied',
    'blocked-external-domains', 'something-new',
])  # fmt: skip
def test_refusals_keep_the_wikis_words(opened: tuple[Stub, OpenDesk], code: str) -> None:
    stub, desk = opened
    stub.says(error(code, 'No: <b>not</b>\u202e\n so'), action='edit')
    outcome = do_save(desk)
    assert isinstance(outcome, Refused)
    assert outcome.reason.args == ('No: not so',)
    assert stub.count() == 1


def test_a_captcha_is_a_refusal_and_asks_nobody(opened: tuple[Stub, OpenDesk]) -> None:
    stub, desk = opened
    captcha = {'type': 'simple', 'mime': 'text/plain', 'id': '1', 'question': '1+1'}
    stub.says(json_answer({'edit': {'captcha': captcha, 'result': 'Failure'}}), action='edit')
    outcome = do_save(desk)
    assert isinstance(outcome, Refused) and 'captcha' in outcome.reason.args[0]


@pytest.mark.parametrize('code', ['readonly', 'maxlag', 'ratelimited', 'actionthrottledtext'])
def test_what_passes_is_tried_again(opened: tuple[Stub, OpenDesk], code: str) -> None:
    stub, desk = opened
    stub.says(error(code), error(code), SAVED, action='edit')
    stub.says(json_answer(REVISION), revids='8')
    assert do_save(desk) == Saved(8, 'new', 7)
    assert stub.count() == 3


@pytest.mark.parametrize('code', ['readonly', 'maxlag', 'ratelimited'])
def test_what_does_not_pass_is_left_to_the_next_run(
    opened: tuple[Stub, OpenDesk], code: str
) -> None:
    stub, desk = opened
    stub.says(error(code, 'Come back later.'), action='edit')
    with pytest.raises(TemporaryError, match='Come back later'):
        do_save(desk)
    assert 2 <= stub.count() <= 8


def test_a_long_retry_after_ends_at_once(opened: tuple[Stub, OpenDesk]) -> None:
    stub, desk = opened
    stub.says(html_with(429, Retry_After='3600'), action='edit')
    with pytest.raises(TemporaryError, match='Too many requests'):
        do_save(desk)
    assert stub.count() == 1
    # And what comes after it does not sleep an hour in Pywikibot's throttle.
    stub.says(SAVED, action='edit')
    stub.says(json_answer(REVISION), revids='8')
    assert isinstance(do_save(desk), Saved)


def test_a_clock_set_back_delays_nothing(
    opened: tuple[Stub, OpenDesk], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pywikibot's throttle counts by the machine's clock: it would wait for two hours."""
    stub, desk = opened
    slept: list[float] = []
    monkeypatch.setattr('pywikibot.throttle.Throttle.wait', staticmethod(slept.append))
    stub.says(SAVED, SAVED, action='edit')
    stub.says(json_answer(REVISION), revids='8')
    assert isinstance(do_save(desk), Saved)
    before = time.time() - 7200
    monkeypatch.setattr('time.time', lambda: before)
    assert isinstance(do_save(desk), Saved)
    assert slept and max(slept) < 60


def html_with(status: int, **headers: str) -> Answer:
    answer = html_error(status)
    lines = [(name.replace('_', '-'), words) for name, words in headers.items()]
    return Answer(answer.status, [*answer.headers, *lines], answer.body)


def test_a_bad_token_is_renewed(opened: tuple[Stub, OpenDesk]) -> None:
    stub, desk = opened
    desk.api.token = 'old'
    stub.says(error('badtoken'), SAVED, action='edit')
    stub.says(json_answer(REVISION), revids='8')
    assert isinstance(do_save(desk), Saved)
    assert desk.api.token == 'token+\\'
    stub.says(error('badtoken'), action='edit')
    with pytest.raises(TemporaryError, match='token'):
        do_save(desk)


def test_a_lost_session_logs_in_once(opened: tuple[Stub, OpenDesk]) -> None:
    stub, desk = opened
    stub.says(error('assertnameduserfailed'), SAVED, action='edit')
    stub.says(json_answer(REVISION), revids='8')
    assert isinstance(do_save(desk), Saved)
    stub.says(error('assertuserfailed'), action='edit')
    with pytest.raises(ConfigurationError, match='login'):
        do_save(desk)


def test_oauth_that_is_not_accepted_any_more(opened: tuple[Stub, OpenDesk]) -> None:
    stub, desk = opened
    stub.says(
        json_answer({'error': {'code': 'mwoauth-invalid-authorization', 'info': 'revoked'}}),
        action='edit',
    )
    with pytest.raises(ConfigurationError, match='revoked'):
        do_save(desk)


LOST: dict[str, Rule] = {
    'the connection is cut before an answer': Rule(answer=SAVED, after='drop'),
    'half an answer': Rule(answer=SAVED, truncate=10),
    'a 504 of something in between': Rule(answer=html_error(504)),
    'a 503 of something in between': Rule(answer=html_error(503)),
    'a page in place of an answer': Rule(answer=html_error(200)),
    'an internal error': Rule(answer=error('internal_api_error_DBQueryError')),
    'broken JSON': Rule(answer=Answer(200, [('Content-Type', 'application/json')], b'{"edit": {')),
    'a list': Rule(answer=Answer(200, [('Content-Type', 'application/json')], b'[]')),
    'nothing in it': Rule(answer=json_answer({})),
    'nothing within': Rule(answer=json_answer({'edit': {}})),
}


@pytest.mark.parametrize('how', LOST)
def test_a_lost_answer_is_never_sent_again(opened: tuple[Stub, OpenDesk], how: str) -> None:
    stub, desk = opened
    rule = LOST[how]
    rule = Rule(answer=rule.answer, after=rule.after, truncate=rule.truncate)
    stub.says(rule, action='edit')
    nothing = page('Queue', 'old', revid=7)
    stub.says(json_answer({'query': {'pages': [nothing]}}), prop='revisions')
    outcome = do_save(desk)
    assert isinstance(outcome, Lost)
    assert stub.count() == 1


TWO_LENGTHS = Answer(200, [('Content-Length', '5'), ('Content-Length', '7')], b'{"a":1}')


def test_an_answer_with_two_lengths_is_lost_too(opened: tuple[Stub, OpenDesk]) -> None:
    """The HTTP library complains about it as about a wrong address, which would have sent nothing."""
    stub, desk = opened
    stub.says(Rule(answer=TWO_LENGTHS), action='edit')
    stub.says(json_answer({'query': {'pages': [page('Queue', 'old')]}}), prop='revisions')
    outcome = do_save(desk)
    assert isinstance(outcome, Lost) and 'is broken' in outcome.reason.text()
    assert stub.count() == 1


@pytest.mark.parametrize(('inner', 'sent'), [
    (ssl.SSLError('decryption failed or bad record mac'), True),
    (ssl.SSLEOFError('EOF occurred in violation of protocol'), True),
    (ssl.SSLCertVerificationError('certificate has expired'), False),
])  # fmt: skip
def test_an_answer_that_cannot_be_deciphered_is_lost(
    opened: tuple[Stub, OpenDesk], monkeypatch: pytest.MonkeyPatch, inner: Exception, sent: bool
) -> None:
    """Only a certificate that is not good proves that nothing was sent."""
    stub, desk = opened
    stub.says(json_answer({'query': {'pages': [page('Queue', 'old')]}}), prop='revisions')
    desk.api.csrf()
    tries = []

    def request(self: requests.Session, method: str, url: str, **options: Any) -> requests.Response:
        if 'action=edit' in str(options.get('data')) or 'edit' in str(options.get('data')):
            tries.append(url)
            raise requests.exceptions.SSLError(
                urllib3.exceptions.MaxRetryError(None, url, urllib3.exceptions.SSLError(inner))  # type: ignore[arg-type]
            )
        return real(self, method, url, **options)

    real = requests.Session.request
    monkeypatch.setattr(requests.Session, 'request', request)
    desk.api.patience, desk.api.pause = 1.0, 0.01
    if sent:
        assert isinstance(do_save(desk), Lost)
        assert len(tries) == 1
    else:
        with pytest.raises(TemporaryError, match='expired'):
            do_save(desk)
        assert len(tries) > 1


def test_of_several_errors_the_unknown_one_decides(opened: tuple[Stub, OpenDesk]) -> None:
    stub, desk = opened
    codes = ['internal_api_error_DBQueryError', 'protectedpage']
    for both in (codes, codes[::-1]):
        answer = json_answer({'errors': [{'code': code, 'text': 'Words.'} for code in both]})
        stub.says(answer, action='edit')
        stub.says(json_answer({'query': {'pages': [page('Queue', 'old')]}}), prop='revisions')
        assert isinstance(do_save(desk), Lost)


def test_what_was_saved_is_never_taken_for_empty(opened: tuple[Stub, OpenDesk]) -> None:
    """A database server that lags behind does not know the new revision: its text is asked for again."""
    stub, desk = opened
    lagging = json_answer({'query': {'badrevids': {'8': {'revid': 8, 'missing': True}}}})
    stub.says(SAVED, action='edit')
    stub.says(lagging, json_answer(REVISION), revids='8')
    assert do_save(desk) == Saved(8, 'new', 7)
    stub.says(lagging, revids='8')
    assert isinstance(do_save(desk), Lost)


def test_a_lost_new_section_is_found(opened: tuple[Stub, OpenDesk]) -> None:
    """What was appended is not the whole page: it is known by its own words."""
    stub, desk = opened
    now = datetime(2026, 11, 25, 14, tzinfo=UTC)
    title = desk.config.pages.archive_of(now.year, now.month)
    before, item = page(title, 'old'), '{{item|id=b}}'
    after = page(title, f'old\n\n== b ==\n{item}', revid=8)
    words = 'mwsocial:record recorded here, since it left the queue: b'
    summary = bound(words, read_queue(item), read_queue('old'), 500)
    after['revisions'][0] |= {'comment': summary, 'user': BOT}
    stub.says(html_error(504), action='edit')
    stub.says(json_answer({'query': {'pages': [after]}}), prop='revisions')
    stub.says(json_answer({'query': {'pages': [before]}}), inprop='protection')
    outcome = keep_record(desk.api, desk.config, now, 'b', item)
    assert isinstance(outcome, Saved) and outcome.revid == 8


def test_an_answer_with_nothing_in_it_is_asked_for_again(opened: tuple[Stub, OpenDesk]) -> None:
    stub, desk = opened
    there = {'curtimestamp': '2026-11-25T14:00:00Z', 'query': {'pages': [page('Queue', 'x')]}}
    stub.says(json_answer({}), json_answer(there), titles='Queue')
    assert snapshot(desk.api, ['Queue']).pages['Queue'].text == 'x'
    # What it asks for is not there, as it begins like an answer or without its time.
    half = [json_answer({'batchcomplete': True, 'curtimestamp': '2026-11-25T14:00:00Z'})]
    half += [json_answer({**there, 'curtimestamp': None}), json_answer({'batchcomplete': {}})]
    stub.says(*half, json_answer(there), titles='Queue')
    assert snapshot(desk.api, ['Queue']).pages['Queue'].text == 'x'
    stub.says(json_answer({}), titles='Queue')
    with pytest.raises(TemporaryError, match='nothing in it'):
        snapshot(desk.api, ['Queue'])


def test_a_silent_wiki_is_never_sent_the_edit_again(
    opened: tuple[Stub, OpenDesk], monkeypatch: pytest.MonkeyPatch
) -> None:
    stub, desk = opened
    desk.api.patience = 1.0
    stub.says(Rule(answer=SAVED, hang_after=1.6), action='edit')
    stub.says(json_answer({'query': {'pages': [page('Queue', 'old')]}}), prop='revisions')
    assert isinstance(do_save(desk), Lost)
    assert stub.count() == 1


@pytest.mark.parametrize(('comment', 'user', 'text', 'nonce', 'found'), [
    ('words', BOT, 'new', '', True),
    ('words', BOT, 'merged, with 4af1', '4af1', True),
    ('words', BOT, 'merged', '', False),
    ('words', 'Mallory', 'new', '', False),
    ('other words', BOT, 'new', '', False),
])  # fmt: skip
def test_a_lost_edit_is_looked_for(
    opened: tuple[Stub, OpenDesk], comment: str, user: str, text: str, nonce: str, found: bool
) -> None:
    stub, desk = opened
    stub.says(html_error(504), action='edit')
    later = page('Queue', text, revid=8)
    later['revisions'][0] |= {'comment': comment, 'user': user}
    stub.says(json_answer({'query': {'pages': [later]}}), prop='revisions')
    outcome = do_save(desk, nonce=nonce)
    told = Saved(8, text, 7, merged=text != 'new')
    assert outcome == told if found else isinstance(outcome, Lost)


def test_a_refused_connection_is_tried_again_and_then_left(
    opened: tuple[Stub, OpenDesk], monkeypatch: pytest.MonkeyPatch
) -> None:
    stub, desk = opened
    stub.gate.close()
    desk.session.close()
    desk.session.pause = 0.01
    desk.api.patience = 0.5
    before = desk.session.count
    with pytest.raises(TemporaryError, match='cannot be reached'):
        do_save(desk)
    assert desk.session.count - before >= 3


def test_a_post_is_not_redirected(opened: tuple[Stub, OpenDesk]) -> None:
    stub, desk = opened
    stub.says(Answer(307, [('Location', '/elsewhere.php')], b''), action='edit')
    stub.says(json_answer({'query': {'pages': [page('Queue', 'old')]}}), prop='revisions')
    assert isinstance(do_save(desk), Lost)
    assert all(request.path == '/api.php' for request in stub.sent)


def test_nothing_is_written_in_a_simulation(opened: tuple[Stub, OpenDesk]) -> None:
    stub, desk = opened
    desk.api.simulate = True
    outcome = do_save(desk)
    assert isinstance(outcome, Refused) and outcome.reason.key == 'wiki-simulate'
    with pytest.raises(RuntimeError):
        desk.api.write({'action': 'edit'})
    assert stub.count() == 0


def test_a_page_that_is_too_large_is_not_sent(opened: tuple[Stub, OpenDesk]) -> None:
    stub, desk = opened
    outcome = save(desk.api, 'Queue', 'é' * 1_100_000, base=7, summary='')
    assert isinstance(outcome, Refused) and outcome.reason.key == 'wiki-too-large'
    assert stub.count() == 0


def test_reading_survives_bad_answers(opened: tuple[Stub, OpenDesk]) -> None:
    stub, desk = opened
    good = json_answer({'query': {'pages': []}})
    stub.says(
        html_error(502), Rule(answer=good, truncate=5), Rule(answer=good, after='drop'),
        error('internal_api_error_DBConnectionError'), good, titles='A',
    )  # fmt: skip
    assert desk.api.query({'titles': 'A'})['query'] == {'pages': []}
    stub.says(html_error(404), titles='B')
    with pytest.raises(ConfigurationError, match='no MediaWiki API'):
        desk.api.query({'titles': 'B'})


def test_continued_answers_end(opened: tuple[Stub, OpenDesk]) -> None:
    stub, desk = opened
    stub.says(json_answer({'query': {}, 'continue': {'c': '1'}}), titles='A')
    with pytest.raises(TemporaryError, match='for ever'):
        list(desk.api.query_all({'titles': 'A'}))


def test_values_with_pipes_stay_whole(opened: tuple[Stub, OpenDesk]) -> None:
    stub, desk = opened
    stub.says(json_answer({'query': {}}), prop='x')
    desk.api.query({'prop': 'x', 'titles': ['a|b', 'c'], 'no': False, 'none': None, 'yes': True})
    sent = stub.sent[0].fields
    assert sent['titles'] == '\x1fa|b\x1fc' and sent['yes'] == '1'
    assert 'no' not in sent and 'none' not in sent


def test_the_clock_is_the_wikis(opened: tuple[Stub, OpenDesk]) -> None:
    stub, desk = opened
    stub.says(json_answer({'curtimestamp': '2031-01-01T00:00:00Z', 'query': {}}), prop='x')
    desk.api.query({'prop': 'x'})
    assert desk.api.now().year == 2031


def test_no_answer_says_nothing_secret(opened: tuple[Stub, OpenDesk], capfd: Any) -> None:
    stub, desk = opened
    stub.says(html_error(503), titles='A')
    desk.api.patience = 0.2
    with pytest.raises(TemporaryError) as caught:
        desk.api.query({'titles': 'A'})
    told = json.dumps([str(caught.value), *capfd.readouterr()])
    assert 'token' not in told and 'oauth' not in told.lower()
