"""Values as a real wiki gives them to a module: pages for it, and a way to ask for many at once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from mwsocial.sandbox import Sandbox

TESTCASES = 'Module:Social media/testcases/values'
_TEMPLATE = 'User:Admin/values test/'
_FOUND = re.compile(r'CASE(\d+)x((?:[0-9a-f]{2})+)x ')
#: Values of one request; more would meet the parser's limits.
_AT_ONCE = 150


@dataclass(frozen=True)
class Seen:
    """What the module makes of one value."""

    value: str
    faults: list[str]


class WikiValues:
    """Asks ``Module:Social media/values`` on a wiki."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.admin = sandbox.person('Admin')
        pages = resources.files('mwsocial.onwiki').joinpath('pages')
        testcases = Path(__file__).with_name('values_testcases.lua').read_text('utf-8')
        for name in ('limits/data', 'limits/text', 'values'):
            module = pages.joinpath(f'Module/Social media/{name}.lua').read_text('utf-8')
            self.admin.edit(f'Module:Social media/{name}', module)
        self.admin.edit(TESTCASES, testcases)
        for name in ('value', 'item', 'lists'):
            text = f'{{{{#invoke:Social media/testcases/values|{name}}}}}'
            self.admin.edit(f'{_TEMPLATE}{name}', text)

    def ask(self, page: str, parsed: bool = True) -> dict[int, dict[str, Any]]:
        """What the test module prints on *page*, by case. Either the whole parser runs, or (as
        for Parsoid) only templates are expanded.
        """
        # As the wiki does when it saves a page (TextContent::normalizeLineEndings).
        page = page.replace('\r\n', '\n').replace('\r', '\n')
        if parsed:
            answer = self.admin.api(
                action='parse', text=page, title='Values', contentmodel='wikitext', prop='text',
                disablelimitreport=True, wrapoutputclass='',
            )  # fmt: skip
            text = answer['parse']['text']
        else:
            text = self.admin.expand(page, 'Values')
        return {
            int(number): json.loads(bytes.fromhex(digits))
            for number, digits in _FOUND.findall(text)
        }

    def values(
        self, cases: Iterable[tuple[str, str]], parsed: bool = True, alone: bool = False
    ) -> list[Seen | None]:
        """For each (parameter, wikitext) what the module has; None where the wikitext breaks the
        template. Such a one spoils those after it, unless each is expanded *alone*.
        """
        asked = list(cases)
        found: dict[int, dict[str, Any]] = {}
        for first in range(0, len(asked), _AT_ONCE):
            part = enumerate(asked[first : first + _AT_ONCE], first)
            pieces = [self.call('value', number, {name: raw}) for number, (name, raw) in part]
            if alone:
                digits = ' '.join(piece.encode().hex() for piece in pieces)
                page = f'{{{{#invoke:Social media/testcases/values|alone|{digits}}}}}'
            else:
                page = '\n\n'.join(pieces)
            found |= self.ask(page, parsed)
        return [
            Seen(bytes.fromhex(one['value']).decode(), one['faults'].split())
            if (one := found.get(number))
            else None
            for number in range(len(asked))
        ]

    def call(self, what: str, number: int, params: Mapping[str, str]) -> str:
        """The wikitext that calls a function of the test module, one parameter per line."""
        lines = ''.join(f'\n| {name} = {raw}' for name, raw in params.items())
        return f'{{{{{_TEMPLATE}{what}|case={number}{lines}\n}}}}'

    def lists(self) -> dict[str, set[str]]:
        """The module's lists of words."""
        found = self.ask(f'{{{{{_TEMPLATE}lists}}}}')[0]
        return {name: set(words.split()) for name, words in found.items()}
