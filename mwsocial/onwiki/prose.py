"""Prose of the desk's pages in the readers' languages: for Extension:Translate, and for TemplateData.

Prose is translated on the wiki itself where it has Extension:Translate (Help:Extension:Translate/Page
translation example); the forms that TemplateData makes take their words from the message files.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

# The end of a line goes with a tag that has the line for itself; behind words it ends those.
_TAGS = re.compile(r'<languages ?/>\n+|^</?translate>(?:\n|\Z)|</?translate>', re.MULTILINE)
_DATA = re.compile(r'(<templatedata>\s*)(\{.*?\n\})(\s*</templatedata>)', re.DOTALL)


def untranslated(text: str) -> str:
    """A page as a wiki without Extension:Translate shows it: without the tags of that extension."""
    return _TAGS.sub('', text)


def is_marked(text: str) -> bool:
    """Whether the page has been marked for translation: its markers belong to its translations."""
    return '<!--T:' in text


def unmarked(text: str) -> str:
    """The page without the markers that marking it for translation has put in."""
    return re.sub(r' <!--T:[^>]*-->|<!--T:[^>]*-->[ \n]?', '', text)


def with_languages(text: str, languages: Mapping[str, Mapping[str, str]]) -> str:
    """A documentation page whose TemplateData says its labels and descriptions in every language.

    *languages*: sentences by language and key; English ones stand in the page and name the key
    (Extension:TemplateData, InterfaceText).
    """
    keys = {words: key for key, words in languages.get('en', {}).items()}

    def said(words: str) -> str | dict[str, str]:
        key = keys.get(words, '')
        found = {code: one[key] for code, one in sorted(languages.items()) if key in one}
        return found if len(found) > 1 else words

    def data(found: re.Match[str]) -> str:
        value: dict[str, Any] = json.loads(found[2])
        value['description'] = said(value['description'])
        for param in value['params'].values():
            for name in ('label', 'description'):
                param[name] = said(param[name])
        return found[1] + json.dumps(value, ensure_ascii=False, indent='\t') + found[3]

    return _DATA.sub(data, text)
