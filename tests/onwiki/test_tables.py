"""The tables of the module are those that the poster counts with."""

from __future__ import annotations

import re

from mastodon._url_regex import URL_REGEX_SOURCE

from mwsocial.channels.lengths.domains import canonical, top_level_domains
from mwsocial.onwiki.tables import TARGET, data


def _without_words(text: str) -> str:
    # Which letters make words depends on Python's version; all else is our own or pinned.
    return re.sub(r'\nword = \{[^}]*\},', '', text)


def test_the_data_of_the_module_is_up_to_date() -> None:
    written = TARGET.read_text('utf-8')
    assert '\nword = {' in written
    assert _without_words(written) == _without_words(data()), 'run python -m mwsocial.onwiki.tables'


def test_mastodon_and_x_know_the_same_top_level_domains() -> None:
    lists = re.findall(r'\(\?:((?:[^|()\[\]\\/?*+]+\|){50,}[^|()\[\]\\/?*+]+)\)', URL_REGEX_SOURCE)
    theirs = {''.join(map(canonical, name)) for part in lists for name in part.split('|')}
    assert theirs == top_level_domains()
    # What Module:Social media/limits/domains looks at, at the most.
    assert max(map(len, top_level_domains(True))) == 18
