"""What MediaWiki makes of a text when somebody saves it (its pre-save transform), and how others use it.

A save expands ``{{subst:…}}``, signatures (``~~~~``) and links such as ``[[Page|]]`` on the whole page,
whoever put them there (Help:Substitution, Help:Signatures). ``{{subst:Page}}`` of a page that does not
exist stays as it is: whoever saves next, once that page has been made, has written its words. What stands
in a comment or in ``<nowiki>`` is expanded by whoever uncovers it. So what an edit brought need not be
its author's words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mwsocial.wiki.skeleton import without_comments

#: ``subst`` and ``safesubst`` in the languages of MediaWiki (languages/messages/Messages*.php).
SUBST = (
    'AKTAR:', 'ANSTAT:', 'ASENDA:', 'BEILLESZT:', 'BEMÁSOL:', 'BIDDEL:', 'BYT:', 'BÄDEL:', 'ERS:',
    'FIJAR:', 'GANTI:', 'GNT:', 'GÜVENLİAKTAR:', 'GÜVENLİKOPYALA:', 'GÜVENLİYAPIŞTIR:',
    'GÜVENLİYERİNEKOY:', 'IONAD:', 'KOPYALA:', 'LIIBME:', 'LIMINN:', 'NAHR:', 'SAFESUBST:',
    'SEKURANSTAT:', 'SICHERERS:', 'SICHER_ERS:', 'SOST:', 'SUBST:', 'SUST:', 'THẾ:', 'THẾ_AN_TOÀN:',
    'TRYGGLIMINN:', 'TUKAR:', 'TÖPÇEK:', 'VASTINE:', 'VEILIGVERV:', 'VERV:', 'VERVANG:', 'VLOŽIT:',
    'WAKCHAY:', 'YAPIŞTIR:', 'YERİNEKOY:', 'YK:', 'ZAMENA:', 'ZAMENI:', 'ZAMIJENI:', 'ZAMJENA:',
    'ZAMJENI:', 'podst:', 'ƏVƏZ_KARDE:', 'ΑΛΛΑΓΗ:', 'БЕЗПЕЧНА_ПІДСТАНОВКА:', 'БӘДЕЛ:', 'ЗАМЕНА:',
    'ЗАМЕНИ:', 'ЗАМЕСТ:', 'ЗАЩПОДСТ:', 'МОНДАН:', 'МОНДАНИҲИФЗ:', 'ПІДСТ:', 'ПІДСТАНОВКА:',
    'ПАДСТАНОЎКА:', 'ПОДСТ:', 'ПОДСТАНОВКА:', 'УГАН_БИЭРИИ:', 'УГУУ:', 'УГУУКМСКЛ:', 'ХӀОТТ:',
    'ХӀОТТОР:', 'ס בטוח:', 'ס:', 'إحلال:', 'بادەل:', 'جا:', 'جام:', 'جایگزین:', 'جایگزین_امن:',
    'محفوظ_جا:', 'محفوظ_نقل:', 'نسخ:', 'نسخ_آمن:', 'نقل:', 'अबाह्य:', 'कंसत्याग:', 'निरकंसबिंब:',
    'पर्याय:', 'प्रति:', 'समाविष्टी:', 'साचान्तर:', 'साचापरिस्फोट:', 'साचाहिन:', 'साचोद्घाटन:',
    'सुरक्षित_प्रति:', 'ഉൾപ്പെടുത്തൽ:', 'ബദൽ:', 'സംരക്ഷിതബദൽ:', 'സംരക്ഷിതയുൾപ്പെടുത്തൽ:', 'მიდგმ:',
    '安全展開:', '安全替代:', '安全替換:', '展開:', '展開：', '替代:', '替換:', '안전풀기:', '풀기:',
)  # fmt: skip
#: Those that need no colon.
BARE = (
    'ATEBERDE', 'BEZBEDNAZAMENA', 'BEZBEDNA_ZAMENA', 'EMELEYATEBERDE', 'KOPYAKE', 'ZËVN',
    'БЕЗБЕДНА_ЗАМЕНА', 'БЕЗБЕДНАЗАМЕНА', 'БЕЗБЗАМЕНИ', 'СУБСТ',
)  # fmt: skip

_FOLDED = frozenset(word.casefold() for word in SUBST)
_LONGEST = max(map(len, _FOLDED))
# The title as PHP trims it, without regard to case (MagicWordArray::matchStartAndRemove).
_WORD = rf'[^:\uff1a{{}}|\[\]<>\n]{{1,{_LONGEST}}}[:\uff1a]'
_CALL = re.compile(rf'\{{\{{[ \t\n\r\0\x0b]*+(?:({_WORD})|(?=({"|".join(BARE)})))', re.IGNORECASE)
_SIGNATURE = re.compile('~{3,}')
_PIPE_TRICK = re.compile(r'\|\]\]|\[\[\|')
#: A brace that shows as one wherever it stands, and begins nothing.
_BRACE = '&#123;'


def substitutes(text: str) -> bool:
    """Whether something in *text* may be substituted, at once or once somebody takes a comment away."""
    return any(True for _ in _calls(text)) or any(True for _ in _calls(without_comments(text)))


def _calls(text: str) -> Iterator[int]:
    """Where something stands that a save substitutes: behind its braces."""
    for found in _CALL.finditer(text):
        if found[1] is None or found[1].casefold() in _FOLDED:
            yield found.start() + 2


def others_words(before: str, after: str) -> bool:
    """Whether the edit from *before* to *after* may have brought words that its author did not write:
    there was something to be substituted, or there are fewer signatures or links to be completed now.
    """
    return substitutes(before) or any(
        _length(what, before) > _length(what, after) for what in (_SIGNATURE, _PIPE_TRICK)
    )


def _length(what: re.Pattern[str], text: str) -> int:
    return sum(len(found) for found in what.findall(text))


def inert(text: str) -> str:
    """*text* so that saving it substitutes nothing, and looks the same. Whether MediaWiki would leave a
    call alone, in ``<nowiki>`` for one, depends on its extensions: all are broken up.
    """
    bare = without_comments(text)
    places = {place - 1 for place in _calls(text)}
    if bare != text:
        places.update(_places(text, [place - 1 for place in _calls(bare)]))
    kept, last = [], 0
    for place in sorted(places):
        kept += [text[last:place], _BRACE]
        last = place + 1
    return ''.join([*kept, text[last:]])


def _places(text: str, bare: Iterable[int]) -> Iterator[int]:
    """Where in *text* the characters stand that have the places *bare* in it without its comments."""
    pos = gone = 0
    start = text.find('<!--')
    for place in bare:
        while start >= 0 and place + gone >= start:
            end = text.find('-->', start + 4)
            pos = len(text) if end < 0 else end + 3
            gone += pos - start
            start = text.find('<!--', pos)
        yield place + gone
