"""The sentences about images."""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path

import mwsocial
from mwsocial.wiki.escape import inert_line

FOLDER = resources.files('mwsocial').joinpath('i18n/images')
ENGLISH, ABOUT = (
    {key: words for key, words in json.loads(FOLDER.joinpath(name).read_text('utf-8')).items() if key[0] != '@'}
    for name in ('en.json', 'qqq.json')
)  # fmt: skip


def test_each_is_used_documented_and_safe_on_the_wiki() -> None:
    package = Path(mwsocial.__file__).parent
    code = ''.join(file.read_text('utf-8') for file in package.rglob('*.py'))
    assert set(re.findall(r"'(images-[a-z-]+)'", code)) == set(ENGLISH) == set(ABOUT)
    for key, words in ENGLISH.items():
        assert inert_line(words) == words, key
        assert set(re.findall(r'\$\d', words)) == set(re.findall(r'\$\d', ABOUT[key])), key
