"""Reading what is known of files: all of a run in one request or two, of this wiki and beyond.

What happened to this wiki's files is read from the log of the whole file namespace, since that covers
any number of files, also those that are not here any more and those that something was moved over (a
move is logged under the title it came from). Another repository is asked about each file that an
approval depends on. Sources: API:Imageinfo, API:Logevents, Manual:Log actions on mediawiki.org.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from mwsocial.desk.files import LOCAL, FileChange, FileFacts
from mwsocial.errors import TemporaryError
from mwsocial.reason import Reason
from mwsocial.wiki.api import Api, read_timestamp
from mwsocial.wiki.filelog import IMAGE, LOG, changes_in, changes_of, has_more, one_file, show
from mwsocial.wiki.repository import Repository, Silent, repository

_NS_FILE = 6
#: So many entries of the namespace's log are read; where it is longer, each title is asked for.
_MOST_ENTRIES = 20_000


class FileReader:
    """Reads files with one wiki's API. A repository that gave no answer is not asked again."""

    def __init__(self, api: Api) -> None:
        """*api*: of the wiki whose pages name the files."""
        self._api = api
        self._places: dict[str, Mapping[str, Any]] = {}
        self._repositories: dict[str, Repository | Reason] = {}

    def read(self, wanted: Mapping[str, datetime | None]) -> dict[str, FileFacts]:
        """Facts of the files by title; with a time (UTC), their changes from then on, too.

        Raises TemporaryError where the wiki itself gives no answer.
        """
        if not wanted:
            return {}
        oldest = min(filter(None, wanted.values()), default=None)
        found, entries = self._read_here(list(wanted), oldest)
        for title, since in wanted.items():
            if since is None:
                continue
            facts = replace(found[title], since=since)
            if entries is None:
                answers = self._api.query_all(one_file(title, since))
                changes = changes_in(answers, since)[1]
            else:
                changes = [one for name, one in entries if name == title]
            changes = [one for one in changes if one.when >= since]
            if facts.repository not in ('', LOCAL):
                facts = self._beyond(facts, title, since)
            facts = replace(facts, changes=_in_order([*facts.changes, *changes]))
            found[title] = facts
        return found

    def _read_here(
        self, titles: Sequence[str], since: datetime | None
    ) -> tuple[dict[str, FileFacts], list[tuple[str, FileChange]] | None]:
        """What the wiki says of the files, and what its log does, by the titles that were asked for.

        None for the log where it is too long.
        """
        found: dict[str, FileFacts] = {}
        names: dict[str, dict[str, None]] = {}
        log: list[Mapping[str, Any]] = []
        for start in range(0, len(titles), self._api.batch):
            batch = titles[start : start + self._api.batch]
            params: dict[str, Any] = {'titles': batch, 'prop': 'info|imageinfo', **IMAGE}
            if not self._places:
                params['meta'] = 'filerepoinfo'
            with_log = bool(since and start == 0)
            if since and with_log:
                params |= {**LOG, 'lenamespace': _NS_FILE, 'leend': show(since)}
            for answer in self._api.query_all(params):
                query = answer.get('query', {})
                self._places |= {str(one['name']): one for one in query.get('repos', ())}
                log += query.get('logevents', ())
                real = {one['from']: one['to'] for one in query.get('normalized', ())}
                for title in batch:
                    names.setdefault(real.get(title, title), {})[title] = None
                for page in query.get('pages', ()):
                    for title in names.get(str(page.get('title', '')), ()):
                        # The newest version comes first; the answer goes on with older ones.
                        if title not in found or not found[title].repository:
                            found[title] = self._facts(page)
                if len(log) > _MOST_ENTRIES or not has_more(answer):
                    break
        lacking = [title for title in titles if title not in found]
        if lacking:
            raise TemporaryError(f'The wiki did not say what {lacking[0]} is.')
        if len(log) > _MOST_ENTRIES:
            return found, None
        entries = (one for entry in log for one in changes_of(entry))
        return found, [(title, one) for name, one in entries for title in names.get(name, ())]

    def _facts(self, page: Mapping[str, Any]) -> FileFacts:
        image = next(iter(page.get('imageinfo', ())), None)
        name = str(page.get('imagerepository', ''))
        if image is None or not name or 'timestamp' not in image:
            return FileFacts()
        about = self._places.get(name, {})
        return FileFacts(
            title=str(image.get('canonicaltitle') or page['title']),
            repository=name,
            place=str(about.get('displayname') or name),
            redirect='redirect' in page,
            uploaded=read_timestamp(image['timestamp']),
            sha1=str(image.get('sha1') or ''),
            size=int(image.get('size') or 0),
            width=int(image.get('width') or 0),
            height=int(image.get('height') or 0),
            mime=str(image.get('mime') or ''),
            url=str(image.get('url') or ''),
            moving=_moves(image.get('metadata')),
        )

    def _beyond(self, facts: FileFacts, title: str, since: datetime) -> FileFacts:
        """The facts with what another repository's history of the file says, or why it says nothing."""
        name = facts.repository
        if name not in self._repositories:
            self._repositories[name] = repository(self._places.get(name, {}), facts.place)
        place = self._repositories[name]
        if isinstance(place, Reason):
            return replace(facts, trouble=place)
        try:
            sha1, changes = place.file(title, since, self._api.now())
        except Silent as silent:
            self._repositories[name] = silent.reason
            return replace(facts, trouble=silent.reason)
        if sha1 != facts.sha1 and not changes:
            return replace(facts, trouble=Reason('images-other-version', (facts.place,)))
        return replace(facts, changes=tuple(changes))


def _moves(metadata: Any) -> bool:
    """Whether the wiki's own look into the file (GIF, PNG, WebP) found more than one frame."""
    for one in metadata if isinstance(metadata, list) else ():
        value = one.get('value') if isinstance(one, dict) else None
        name = one.get('name') if isinstance(one, dict) else ''
        if name == 'animated' and value not in (None, False, '', 0, '0'):
            return True
        if name == 'frameCount' and str(value).isdigit() and int(str(value)) > 1:
            return True
    return False


def _in_order(changes: Iterable[FileChange]) -> tuple[FileChange, ...]:
    return tuple(sorted(dict.fromkeys(changes), key=lambda one: (one.when, one.logid)))
