"""A walk through the sandbox, with an address to look at for every step."""

from __future__ import annotations

from .instance import Sandbox


def play(sandbox: Sandbox) -> None:
    """Play the story on a running sandbox and print each step with its address."""
    print(f'1. The wiki:   {sandbox.url}/index.php')
    print(f'2. Mastodon:   {sandbox.mastodon_url}/mediawiki')
