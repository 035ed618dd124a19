"""The stand-in for X is strict: it refuses what X's documentation does not allow, in X's own words."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from requests_oauthlib import OAuth1, OAuth1Session

from mwsocial.sandbox import x_errors
from mwsocial.sandbox.loopback import Loopback
from mwsocial.sandbox.loopback_process import Running
from mwsocial.sandbox.x_server import XService, environment

Server = Loopback[XService]
PNG = b'\x89PNG\r\n\x1a\nbytes'


class Client:
    """A client of X by the book: requests-oauthlib and nothing else."""

    def __init__(self, url: str, keys: Mapping[str, str]) -> None:
        self.url = url
        self.us = keys['user']
        self.session = OAuth1Session(
            keys['consumer_key'],
            keys['consumer_secret'],
            keys['access_token'],
            keys['access_secret'],
        )

    def get(self, path: str, **query: str) -> requests.Response:
        return self.session.get(self.url + path, params=query, timeout=10)

    def post(self, path: str, body: Any) -> requests.Response:
        return self.session.post(self.url + path, json=body, timeout=10)

    def delete(self, path: str) -> requests.Response:
        return self.session.delete(self.url + path, timeout=10)

    def tweet(self, text: str, **more: Any) -> requests.Response:
        return self.post('/2/tweets', {'text': text, **more})

    def upload(self, data: bytes, category: str = 'tweet_image') -> requests.Response:
        return self.session.post(
            f'{self.url}/2/media/upload', files={'media': ('a.png', data, 'image/png')},
            data={'media_category': category}, timeout=10,
        )  # fmt: skip


@pytest.fixture
def server() -> Iterator[Server]:
    with Loopback(XService) as running:
        yield running


@pytest.fixture
def client(server: Server) -> Client:
    return Client(server.url, server.service.keys)


def say(server: Server, text: str, **more: Any) -> str:
    return str(server.control('say', {'text': text, **more}))


# -- signatures ------------------------------------------------------------------------------------


def test_right_signatures(server: Server, client: Client) -> None:
    for answer in (
        client.get('/2/users/me'),
        client.get('/2/tweets/search/recent', query='#a "b c" -from:mediawiki'),
        client.tweet('a & b=c é +'),
        client.upload(PNG),
        client.delete('/2/tweets/1'),
    ):
        assert answer.status_code in (200, 201), answer.text


@pytest.mark.parametrize(
    'wrong', ['consumer_key', 'consumer_secret', 'access_token', 'access_secret']
)
def test_wrong_keys(server: Server, wrong: str) -> None:
    client = Client(server.url, server.service.keys | {wrong: 'x' * 30})
    answer = client.tweet('a')
    assert answer.status_code == 401
    assert answer.json() == {
        'title': 'Unauthorized', 'detail': 'Unauthorized', 'type': 'about:blank', 'status': 401,
    }  # fmt: skip
    assert answer.headers['Content-Type'] == 'application/problem+json'
    assert server.service.world.posts == []


@pytest.mark.parametrize('header', ['Bearer abc', 'Basic YTpi', 'OAuth', 'nonsense'])
def test_other_authentication(server: Server, header: str) -> None:
    answer = requests.get(f'{server.url}/2/users/me', headers={'Authorization': header}, timeout=5)
    assert answer.status_code == 403
    assert answer.json()['type'].endswith('/unsupported-authentication')


def test_no_signature(server: Server) -> None:
    assert requests.get(f'{server.url}/2/users/me', timeout=5).status_code == 401


def signed(
    server: Server, timestamp: str = '', nonce: str = '', method: str = 'GET'
) -> dict[str, str]:
    keys = server.service.keys
    auth = OAuth1(
        keys['consumer_key'], keys['consumer_secret'], keys['access_token'], keys['access_secret'],
        timestamp=timestamp or None, nonce=nonce or None,
    )  # fmt: skip
    request = requests.Request(method, f'{server.url}/2/users/me', auth=auth).prepare()
    header = request.headers['Authorization']
    return {'Authorization': header.decode() if isinstance(header, bytes) else header}


def test_a_nonce_is_used_once(server: Server) -> None:
    headers = signed(server)
    url = f'{server.url}/2/users/me'
    assert requests.get(url, headers=headers, timeout=5).status_code == 200
    assert requests.get(url, headers=headers, timeout=5).status_code == 401


def test_a_signature_is_for_one_request(server: Server) -> None:
    headers = signed(server)
    for url in (f'{server.url}/2/users/me?user.fields=url', f'{server.url}/2/users/1'):
        assert requests.get(url, headers=headers, timeout=5).status_code == 401
    assert (
        requests.post(
            f'{server.url}/2/tweets', headers=headers, json={'text': 'a'}, timeout=5
        ).status_code
        == 401
    )


@pytest.mark.parametrize('ahead', [-400, 400])
def test_old_and_future_signatures(server: Server, ahead: int) -> None:
    headers = signed(server, str(int(time.time()) + ahead), f'nonce{ahead + 1000}')
    assert requests.get(f'{server.url}/2/users/me', headers=headers, timeout=5).status_code == 401


def test_signatures_are_held_against_the_real_clock(server: Server, client: Client) -> None:
    server.moved = timedelta(days=3)
    assert client.get('/2/users/me').status_code == 200


# -- strictness ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    'body',
    [
        {}, {'text': ''}, {'text': ' '}, {'text': 5}, {'text': 'a', 'language': 'en'}, {'status': 'a'},
        {'text': 'a', 'reply': {'in_reply_to_tweet_id': 5}}, {'text': 'a', 'reply': {}},
        {'text': 'a', 'reply': None}, {'text': 'a', 'media': {}},
        {'text': 'a', 'reply': {'in_reply_to_tweet_id': '5', 'auto_populate_reply_metadata': True}},
        {'text': 'a', 'media': {'media_ids': []}}, {'text': 'a', 'media': {'media_ids': [5]}},
        {'text': 'a', 'media': {'media_ids': ['1'] * 5}}, {'text': 'a', 'media': {'media_ids': ['1']}},
        {'text': 'a', 'media': ['1']}, {'text': 'a', 'poll': {}}, {'text': 'a', 'nullcast': False},
        [], 'text', None,
    ],
    ids=str,
)  # fmt: skip
def test_bodies_that_are_not_right(server: Server, client: Client, body: Any) -> None:
    answer = client.post('/2/tweets', body)
    assert answer.status_code == 400
    told = answer.json()
    assert told['type'].endswith('/invalid-request')
    assert told['errors'][0]['message']
    assert server.service.world.posts == []


def test_a_form_is_no_body(server: Server, client: Client) -> None:
    answer = client.session.post(f'{server.url}/2/tweets', data={'text': 'a'}, timeout=5)
    assert answer.status_code == 400
    assert server.service.world.posts == []


@pytest.mark.parametrize(
    'query',
    [
        {'fields': 'text'}, {'tweet.fields': 'nonsense'}, {'post.fields': 'author_id'}, {'post.fields': 'note_tweet'},
        {'tweet.fields': 'note_post'}, {'tweet.fields': 'text', 'post.fields': 'text'}, {'expansions': 'authors'},
        {'user.fields': 'email'}, {'max_results': '4'}, {'max_results': '101'}, {'max_results': 'x'},
        {'since_id': 'x'}, {'start_time': '2026-11-25'}, {'start_time': '2026-11-25T12:00:00+00:00'},
        {'pagination_token': '!'}, {'exclude': 'everything'}, {'count': '5'},
        {'post.fields': 'text', 'expansions': 'referenced_tweets.id'},
    ],
    ids=str,
)  # fmt: skip
def test_queries_that_x_would_drop_in_silence(client: Client, query: dict[str, str]) -> None:
    answer = client.get(f'/2/users/{client.us}/tweets', **query)
    assert answer.status_code == 400
    assert answer.json()['type'].endswith('/invalid-request')


def test_a_parameter_given_twice(client: Client) -> None:
    answer = client.get(f'/2/users/{client.us}/tweets?max_results=5&max_results=6')
    assert answer.status_code == 400


@pytest.mark.parametrize(
    'path', ['/', '/2/tweets/abc', '/1.1/statuses/update.json', '/2/users/1/likes', '/2/tweets/']
)
def test_unknown_addresses(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_only_for_oneself(client: Client) -> None:
    for path in ('mentions', 'following', 'timelines/reverse_chronological'):
        assert client.get(f'/2/users/17/{path}').status_code == 403
    for path in ('retweets', 'following'):
        assert client.post(f'/2/users/17/{path}', {'tweet_id': '1'}).status_code == 403


# -- what may be posted ----------------------------------------------------------------------------


def test_length_is_weighed(server: Server, client: Client) -> None:
    link = 'https://www.mediawiki.org/wiki/' + 'x' * 200
    for text in ('a' * 280, '字' * 140, f'{link} ' + 'a' * 256, '👩‍💻' * 140):
        assert client.tweet(text).status_code == 201, text
    for text in ('a' * 281, '字' * 141, f'{link} ' + 'a' * 257, 'a.' * 5000):
        answer = client.tweet(text)
        assert (answer.status_code, answer.json()['detail']) == (
            403,
            'Your Tweet text is too long.',
        )


def test_duplicates(server: Server, client: Client) -> None:
    assert client.tweet('the same').status_code == 201
    answer = client.tweet('the  same ')
    assert answer.status_code == 403
    assert answer.json() == {
        'title': 'Forbidden', 'type': 'about:blank', 'status': 403,
        'detail': 'You are not allowed to create a Tweet with duplicate content.',
    }  # fmt: skip
    # also after it was deleted; but not for ever
    client.delete(f'/2/tweets/{server.service.world.posts[0]["id"]}')
    assert client.tweet('the same').status_code == 403
    server.moved = timedelta(days=2)
    assert client.tweet('the same').status_code == 201


def test_replies(server: Server, client: Client) -> None:
    ours = client.tweet('ours').json()['data']['id']
    to_us, not_to_us = say(server, 'hi @MediaWiki'), say(server, 'hi')
    quoting = say(server, 'look', quoting=ours)

    def reply(to: str) -> requests.Response:
        return client.tweet(f'answer to {to}', reply={'in_reply_to_tweet_id': to})

    assert [reply(to).status_code for to in (to_us, quoting)] == [201, 201]
    for to in (not_to_us, ours):
        answer = reply(to)
        assert (answer.status_code, answer.json()['detail']) == (403, x_errors.NO_REPLY)
    assert reply('17').status_code == 403
    server.control('set', {'threads': True})
    assert reply(ours).status_code == 201
    costs = [one['kind'] for one in server.ledger.data['costs'] if one['kind'] != 'own read']
    assert costs == ['post', 'summoned reply', 'summoned reply', 'post']


def test_no_quotes_and_one_cashtag(client: Client) -> None:
    assert client.tweet('a', quote_tweet_id='1').status_code == 403
    assert client.tweet('$WIKI').status_code == 201
    assert client.tweet('$WIKI and $NOPE').status_code == 403


# -- what is shown ---------------------------------------------------------------------------------


@pytest.mark.parametrize('words', ['tweet', 'post'])
def test_both_vocabularies(server: Server, client: Client, words: str) -> None:
    text = 'Hi @reader & <all>: mediawiki.org #tag'
    made = client.tweet(text).json()['data']
    assert made['edit_history_tweet_ids'] == [made['id']]
    reply = say(server, 'hello', answering=made['id'])
    assert reply
    fields = f'created_at,entities,conversation_id,in_reply_to_user_id,referenced_{words}s,public_metrics'
    asked = {f'{words}.fields': fields, 'expansions': 'author_id', 'user.fields': 'public_metrics'}
    answer = client.get(f'/2/users/{client.us}/mentions', **asked).json()
    (post,) = answer['data']
    assert post['text'] == '@mediawiki hello'
    assert post[f'referenced_{words}s'] == [{'type': 'replied_to', 'id': made['id']}]
    assert post[f'edit_history_{words}_ids'] == [reply]
    assert post['in_reply_to_user_id'] == client.us
    assert ('retweet_count' if words == 'tweet' else 'repost_count') in post['public_metrics']
    (author,) = answer['includes']['users']
    assert (author['username'], f'{words}_count' in author['public_metrics']) == ('reader', True)
    (own,) = client.get(f'/2/users/{client.us}/tweets', **asked).json()['data']
    link = own['entities']['urls'][0]
    assert own['text'] == f'Hi @reader &amp; &lt;all&gt;: {link["url"]} #tag'
    assert link['expanded_url'] == 'http://mediawiki.org'
    assert own['text'][link['start'] : link['end']] == link['url']
    assert own['entities']['mentions'][0]['username'] == 'reader'
    assert 'lang' not in own


def test_only_what_was_asked_for(client: Client) -> None:
    client.tweet('a')
    (post,) = client.get(f'/2/users/{client.us}/tweets').json()['data']
    assert set(post) == {'id', 'text', 'edit_history_tweet_ids'}


def test_a_vocabulary_can_be_switched_off(server: Server, client: Client) -> None:
    client.tweet('a')
    server.control('set', {'vocabularies': ['new']})
    answer = client.get(f'/2/users/{client.us}/tweets', **{'tweet.fields': 'author_id,created_at'})
    (post,) = answer.json()['data']
    assert set(post) == {'id', 'text', 'edit_history_post_ids'}


def test_long_texts_have_a_note(server: Server, client: Client) -> None:
    number = say(server, 'long ' * 300)
    asked = {'tweet.fields': 'note_tweet'}
    post = client.get(f'/2/tweets/{number}', **asked).json()['data']
    assert '… https://t.co/' in post['text']
    assert post['note_tweet']['text'] == 'long ' * 300


def test_pages(server: Server, client: Client) -> None:
    numbers = [client.tweet(f'post {number}').json()['data']['id'] for number in range(12)]
    seen: list[str] = []
    token: dict[str, str] = {}
    while True:
        page = client.get(f'/2/users/{client.us}/tweets', max_results='5', **token).json()
        seen += [post['id'] for post in page['data']]
        assert page['meta']['result_count'] == len(page['data'])
        if 'next_token' not in page['meta']:
            break
        token = {'pagination_token': page['meta']['next_token']}
    assert seen == numbers[::-1]
    since = client.get(f'/2/users/{client.us}/tweets', since_id=numbers[9]).json()
    assert [post['id'] for post in since['data']] == numbers[:9:-1]
    until = client.get(f'/2/users/{client.us}/tweets', until_id=numbers[2], max_results='5').json()
    assert [post['id'] for post in until['data']] == numbers[1::-1]
    none = client.get(f'/2/users/{client.us}/tweets', since_id=numbers[-1]).json()
    assert none == {'meta': {'result_count': 0}}


def test_missing_and_hidden_posts(server: Server, client: Client) -> None:
    server.control('person', {'username': 'shy', 'protected': True})
    hidden, there = say(server, 'a', **{'as': 'shy'}), say(server, 'b')
    one = client.get('/2/tweets/17')
    assert one.status_code == 200
    assert one.json()['errors'][0]['type'].endswith('/resource-not-found')
    assert 'data' not in one.json()
    other = client.get(f'/2/tweets/{hidden}').json()
    assert other['errors'][0]['type'].endswith('/not-authorized-for-resource')
    many = client.get('/2/tweets', ids=f'17,{there},{hidden}').json()
    assert [post['id'] for post in many['data']] == [there]
    assert len(many['errors']) == 2


def test_home_timeline_and_search(server: Server, client: Client) -> None:
    server.control('person', {'username': 'stranger'})
    reader, stranger = (
        say(server, 'MediaWiki #one'),
        say(server, 'mediawiki two', **{'as': 'stranger'}),
    )
    say(server, 'mediawikis')
    home = client.get(f'/2/users/{client.us}/timelines/reverse_chronological').json()
    assert stranger not in [post['id'] for post in home['data']]
    found = client.get('/2/tweets/search/recent', query='mediawiki -from:stranger').json()
    assert [post['id'] for post in found['data']] == [reader]
    assert [
        post['id'] for post in client.get('/2/tweets/search/recent', query='#ONE').json()['data']
    ] == [reader]
    for query in ('', 'a' * 513, 'is:retweet', 'a OR b', '"open'):
        assert client.get('/2/tweets/search/recent', query=query).status_code == 400
    server.moved = timedelta(days=8)
    old = client.get('/2/tweets/search/recent', query='mediawiki', since_id=reader)
    assert old.status_code == 400
    assert client.get('/2/tweets/search/recent', query='mediawiki').json()['meta'] == {
        'result_count': 0
    }


def test_people(server: Server, client: Client) -> None:
    asked = {'user.fields': 'public_metrics,protected'}
    me = client.get('/2/users/me', **asked).json()['data']
    assert (me['username'], me['public_metrics']['following_count']) == ('mediawiki', 1)
    assert client.get(f'/2/users/{client.us}', **asked).json()['data'] == me
    assert client.get('/2/users/by/username/MEDIAWIKI', **asked).json()['data'] == me
    assert 'errors' in client.get('/2/users/by/username/nobody').json()
    followed = client.get(f'/2/users/{client.us}/following', max_results='1').json()
    assert [one['username'] for one in followed['data']] == ['reader']


# -- reposts, following, pictures ------------------------------------------------------------------


def test_reposts(server: Server, client: Client) -> None:
    number = say(server, 'worth it')
    path = f'/2/users/{client.us}/retweets'
    done = {'data': {'retweeted': True, 'rest_id': number}}
    assert [client.post(path, {'tweet_id': number}).json() for _ in range(2)] == [done, done]
    server.control('set', {'shared again': 403})
    again = client.post(path, {'tweet_id': number})
    assert (again.status_code, again.json()['detail']) == (
        403,
        'You have already retweeted this Tweet.',
    )
    asked = {'tweet.fields': 'referenced_tweets'}
    (own,) = client.get(f'/2/users/{client.us}/tweets', **asked).json()['data']
    assert own['text'] == 'RT @reader: worth it'
    assert own['referenced_tweets'] == [{'type': 'retweeted', 'id': number}]
    assert (
        client.get(f'/2/users/{client.us}/tweets', exclude='retweets').json()['meta'][
            'result_count'
        ]
        == 0
    )
    assert client.delete(f'{path}/{number}').json() == {'data': {'retweeted': False}}
    assert client.get(f'/2/users/{client.us}/tweets').json()['meta']['result_count'] == 0
    for body in ({'tweet_id': int(number)}, {'id': number}, {'tweet_id': number, 'x': 1}):
        assert client.post(path, body).status_code == 400
    assert client.post(path, {'tweet_id': '17'}).status_code == 404


def test_following_is_not_in_the_plan(server: Server, client: Client) -> None:
    server.control('person', {'username': 'wikipedia'})
    target = {'target_user_id': server.service.world.person('wikipedia')['id']}  # type: ignore[index]
    answer = client.post(f'/2/users/{client.us}/following', target)
    assert (answer.status_code, answer.json()['reason']) == (403, 'client-not-enrolled')
    server.control('set', {'follows': True})
    answer = client.post(f'/2/users/{client.us}/following', target)
    assert answer.json() == {'data': {'following': True, 'pending_follow': False}}


def test_pictures(server: Server, client: Client) -> None:
    media = client.upload(PNG).json()['data']
    alt = {'id': media['id'], 'metadata': {'alt_text': {'text': 'A flower'}}}
    assert client.post('/2/media/metadata', alt).status_code == 200
    made = client.tweet('with a picture', media={'media_ids': [media['id']]})
    assert made.status_code == 201
    post = server.service.world.posts[0]
    assert (post['media'], post['alt']) == ([media['id']], ['A flower'])
    asked = {'tweet.fields': 'entities,attachments'}
    (own,) = client.get(f'/2/users/{client.us}/tweets', **asked).json()['data']
    assert own['attachments'] == {'media_keys': [media['media_key']]}
    assert own['entities']['urls'][-1]['expanded_url'].endswith('/photo/1')


@pytest.mark.parametrize(
    ('data', 'category'),
    [
        (b'no picture', 'tweet_image'), (PNG, 'tweet_gif'), (b'GIF89a', 'tweet_image'), (PNG, 'dm_image'),
        (PNG + b'a' * 5 * 1024 * 1024, 'tweet_image'), (b'', 'tweet_image'),
    ],
    ids=['text', 'png as gif', 'gif as image', 'other category', 'too large', 'empty'],
)  # fmt: skip
def test_files_that_are_no_pictures(client: Client, data: bytes, category: str) -> None:
    assert client.upload(data, category).status_code == 400


def test_alternative_texts_that_are_not_right(client: Client) -> None:
    number = client.upload(PNG).json()['data']['id']
    for body in (
        {'id': number, 'metadata': {'alt_text': {'text': 'a' * 1001}}},
        {'id': number, 'metadata': {'alt_text': {'text': ''}}},
        {'id': number, 'metadata': {'alt_text': 'a'}},
        {'id': number, 'metadata': {'alt_text': {'text': 'a', 'x': 1}}},
        {'id': '17', 'metadata': {'alt_text': {'text': 'a'}}},
        {'id': number},
    ):
        assert client.post('/2/media/metadata', body).status_code == 400


def test_a_gif_takes_its_time(client: Client) -> None:
    media = client.upload(b'GIF89a', 'tweet_gif').json()['data']
    assert media['processing_info']['state'] == 'in_progress'
    early = client.tweet('early', media={'media_ids': [media['id']]})
    assert early.status_code == 400
    asked = {'media_id': media['id'], 'command': 'STATUS'}
    states = [
        client.get('/2/media/upload', **asked).json()['data']['processing_info']['state']
        for _ in range(2)
    ]
    assert states == ['in_progress', 'succeeded']
    assert client.tweet('now', media={'media_ids': [media['id']]}).status_code == 201


# -- meters and money ------------------------------------------------------------------------------


def test_meters(server: Server, client: Client) -> None:
    server.control('set', {'meters': {'me': 2}})
    first, second, third = (client.get('/2/users/me') for _ in range(3))
    assert first.headers['x-rate-limit-limit'] == '2'
    assert [one.headers['x-rate-limit-remaining'] for one in (first, second, third)] == [
        '1',
        '0',
        '0',
    ]
    assert (third.status_code, third.json()['title']) == (429, 'Too Many Requests')
    server.moved = timedelta(minutes=15)
    assert client.get('/2/users/me').status_code == 200
    assert 'x-app-limit-24hour-remaining' in client.tweet('a').headers


def test_the_meter_of_a_day(server: Server, client: Client) -> None:
    server.control('set', {'meter for the day': 1})
    assert [client.tweet(text).status_code for text in 'ab'] == [201, 429]
    answer = client.tweet('c')
    assert answer.headers['x-app-limit-24hour-remaining'] == '0'
    assert int(answer.headers['x-rate-limit-remaining']) > 0
    server.moved = timedelta(days=1)
    assert client.tweet('d').status_code == 201


def test_prices(server: Server, client: Client) -> None:
    client.tweet('plain')
    made = client.tweet('with mediawiki.org').json()['data']
    client.delete(f'/2/tweets/{made["id"]}')
    number = say(server, 'a')
    client.post(f'/2/users/{client.us}/retweets', {'tweet_id': number})
    for _ in range(2):  # a read of the same day is paid once
        client.get(f'/2/users/{client.us}/tweets')
        client.get(f'/2/tweets/{number}')
        client.get('/2/users/me')
    world = server.service.world
    amounts = {kind: world.spent(kind) for kind in (
        'post', 'post with link', 'delete', 'repost', 'own read', 'post read', 'user read',
    )}  # fmt: skip
    assert amounts == pytest.approx({
        'post': 0.015, 'post with link': 0.2, 'delete': 0.01, 'repost': 0.015, 'own read': 0.002,
        'post read': 0.005, 'user read': 0.01,
    })  # fmt: skip
    server.moved = timedelta(days=1)
    client.get('/2/users/me')
    assert world.spent('user read') == pytest.approx(0.02)
    server.control('set', {'credit': 0.01})
    broke = client.tweet('no money')
    assert (broke.status_code, broke.json()['title']) == (402, 'CreditsDepleted')


def test_refused_requests_cost_nothing(server: Server, client: Client) -> None:
    client.tweet('a' * 300)
    client.tweet('')
    assert server.service.world.spent() == 0


@pytest.mark.parametrize(
    ('settings', 'part'),
    [({'enrolled': False}, 'client-forbidden'), ({'writes': False}, 'oauth1-permissions')],
)
def test_apps_that_may_not(
    server: Server, client: Client, settings: dict[str, Any], part: str
) -> None:
    server.control('set', settings)
    answer = client.tweet('a')
    assert (answer.status_code, answer.json()['type'].rpartition('/')[2]) == (403, part)


def test_faults_in_the_words_of_x(server: Server, client: Client) -> None:
    server.fault('limit', kind='post', location='day')
    day = client.tweet('a')
    assert (day.status_code, day.headers['x-app-limit-24hour-remaining']) == (429, '0')
    server.fault('limit', kind='post', location='silent')
    assert 'x-rate-limit-reset' not in client.tweet('a').headers
    server.fault('limit', kind='post', location='first')
    assert client.tweet('a').json() == {'errors': [{'code': 88, 'message': 'Rate limit exceeded'}]}
    server.fault('limit', kind='post', location='month')
    assert client.tweet('a').json()['title'] == 'UsageCapExceeded'
    server.fault('credit', kind='post')
    assert client.tweet('a').status_code == 402
    server.fault('duplicate', kind='post', done=True)
    assert client.tweet('a').json()['detail'] == x_errors.DUPLICATE
    assert [post['text'] for post in server.service.world.posts] == ['a']


def test_a_slow_timeline(server: Server, client: Client) -> None:
    server.fault(kind='post', delay=60)
    assert client.tweet('a').status_code == 201
    assert client.get(f'/2/users/{client.us}/tweets').json()['meta']['result_count'] == 0
    server.moved = timedelta(seconds=61)
    assert client.get(f'/2/users/{client.us}/tweets').json()['meta']['result_count'] == 1


# -- people at the sandbox -------------------------------------------------------------------------


def test_control(server: Server) -> None:
    for name, arguments in (
        ('say', {'text': 'a', 'as': 'nobody'}), ('remove', {'id': '17'}), ('set', {'nonsense': 1}), ('dance', {}),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=r'there is no|no such'):
            server.control(name, arguments)
    assert server.control('environment', {})['MWSOCIAL_X_CONSUMER_KEY']


def test_as_a_process_that_is_killed(tmp_path: Path) -> None:
    with Running('mwsocial.sandbox.x_server', tmp_path / 'x') as control:
        keys = control.ledger()['keys']
        client = Client(control.url, keys)
        number = client.tweet('before').json()['data']['id']
        control.call('say', text='@mediawiki hello')
        control.fault('reset', kind='post', done=True)
        with pytest.raises(requests.ConnectionError):
            client.tweet('lost')
        control.stop(at_once=True)
    with Running('mwsocial.sandbox.x_server', tmp_path / 'x') as control:
        assert control.ledger()['keys'] == keys
        client = Client(control.url, keys)
        assert client.tweet('before').status_code == 403
        posts = client.get(f'/2/users/{client.us}/tweets').json()['data']
        assert [post['text'] for post in posts] == ['lost', 'before']
        assert posts[1]['id'] == number
        assert client.get(f'/2/users/{client.us}/mentions').json()['meta']['result_count'] == 1
        told = environment(keys, control.url)
        assert told['MWSOCIAL_X_URL'] == control.url
        written = (tmp_path / 'x' / 'requests.jsonl').read_text()
        assert all(
            keys[name] not in written
            for name in ('consumer_secret', 'access_token', 'access_secret')
        )
