"""The smallest stand-in: it keeps every text that is posted to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mwsocial.sandbox.faults import Answer
from mwsocial.sandbox.loopback import Service
from mwsocial.sandbox.loopback_parts import Request, json_answer
from mwsocial.sandbox.loopback_process import run


class EchoService(Service):
    """A network of one address."""

    network = 'echo'

    def kind(self, request: Request) -> str:
        return {'POST': 'post', 'GET': 'timeline'}.get(request.method, '')

    def answer(self, request: Request) -> Answer:
        if request.path == '/broken':
            raise RuntimeError('a mistake in the stand-in')
        if request.method == 'POST':
            text = request.json()['text']
            shown = (self.now() + request.delay).isoformat()
            number = self.ledger.next_number('last')
            self.ledger.list('posts').append({'id': number, 'text': text, 'shown': shown})
            self.ledger.save()
            return json_answer({'id': number}, 201)
        now = self.now().isoformat()
        return json_answer([p for p in self.ledger.list('posts') if p['shown'] <= now])

    def control(self, name: str, arguments: Mapping[str, Any]) -> Any:
        if name != 'wipe':
            return super().control(name, arguments)
        self.ledger.list('posts').clear()
        return {'wiped': True}


if __name__ == '__main__':
    raise SystemExit(run(EchoService))
