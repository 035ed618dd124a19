"""Sentences for people, by key: the words stand in message files, the code holds keys.

The files are ``mwsocial/i18n/AREA/LANGUAGE.json`` in the format of translatewiki.net (``$1``,
``$2`` are replaced by the arguments); ``qqq.json`` beside them documents each message.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class Reason:
    """Why something is not done, as a stable key (``area-name``) with its arguments.

    ``where`` names the parameter it is about, where the sentence does not: it goes before it. ``more``
    is what is to be said in the same breath, each as a sentence behind it.
    """

    key: str
    args: tuple[str, ...] = ()
    where: str = ''
    more: tuple[Reason, ...] = ()

    def text(self, language: str = 'en', escape: Callable[[str], str] = str) -> str:
        """The sentence in *language* (English where a translation is missing).

        *escape* makes each argument safe for where the sentence goes: arguments may be words of
        strangers, the sentence itself is ours.
        """
        words = _messages(language).get(self.key) or _messages('en')[self.key]
        for number in range(len(self.args), 0, -1):
            words = words.replace(f'${number}', f'\0{number}\0')
        for number, arg in enumerate(self.args, 1):
            words = words.replace(f'\0{number}\0', escape(arg))
        words = f'{escape(self.where)}: {words}' if self.where else words
        return ' '.join([words, *(one.text(language, escape) for one in self.more)])

    def said(self, escape: Callable[[str], str] = str) -> str:
        """The sentence in the language of the desk, for what is written on its wiki; *escape* as in
        ``text``.
        """
        return self.text(_desk.language, escape)


class _Desk:
    language = 'en'


_desk = _Desk()


def speak(language: str) -> None:
    """Have what is written on the wiki said in *language*, as the configuration names it, from now on.

    What operators read stays English.
    """
    _desk.language = language


@cache
def _messages(language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    areas = resources.files('mwsocial').joinpath('i18n').iterdir()
    for area in sorted(areas, key=lambda area: area.name):
        file = area.joinpath(f'{language}.json')
        if area.is_dir() and file.is_file():
            found |= {
                key: words
                for key, words in json.loads(file.read_text('utf-8')).items()
                if not key.startswith('@')
            }
    return found
