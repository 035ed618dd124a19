from __future__ import annotations

import html
import re
from datetime import timedelta

from mastodon import Mastodon, MastodonNetworkError, MastodonAPIError, MastodonServerError

from mwsocial.channels.base import *
from mwsocial.reason import Reason


def plain(content):
    text = re.sub(r'<br\s*/?>|</p>\s*<p>', '\n', content)
    text = re.sub(r'<[^>]+>', '', text)
    return ' '.join(html.unescape(text).split())


class MastodonChannel:
    network = 'mastodon'
    key_lifetime = timedelta(minutes=50)
    settled_after = timedelta(seconds=60)

    def __init__(self, name, url, token):
        self.name = name
        self.client = Mastodon(access_token=token, api_base_url=url, ratelimit_method='throw', request_timeout=30)

    def post(self, post):
        try:
            status = self.client.status_post(post.text, idempotency_key=post.key, language=post.language or None, spoiler_text=post.warning or None)
        except MastodonNetworkError as e:
            if 'refused' in repr(e.__context__):
                return TryLater(Reason('delivery-no-answer'))
            return Unknown(Reason('delivery-no-answer'))
        except MastodonServerError:
            return Unknown(Reason('delivery-no-answer'))
        except MastodonAPIError as e:
            return Refused(Reason('delivery-no-answer'))
        return Posted(str(status['id']), status['url'])

    def find(self, post, since, ignoring):
        try:
            me = self.client.account_verify_credentials()
            for status in reversed(self.client.account_statuses(me['id'], limit=40)):
                if status['url'] not in ignoring and plain(status['content']) == ' '.join(post.text.split()):
                    return Posted(str(status['id']), status['url'])
        except Exception:
            return CannotLook(Reason('delivery-no-answer'))
        return NotFound()
