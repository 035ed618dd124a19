"""Which revision approves an item, told plainly from the whole history: the other opinion.

It shares no code with what is tested: it reads every revision, and goes through the rules in order.
"""

import hashlib
import re
from datetime import UTC, datetime, timedelta

REVERTS = {'mw-undo', 'mw-rollback', 'mw-manual-revert'}


def oracle(world, item_id, now):
    """The revid of the newest revision that approves *item_id* at *now*; None if there is none."""
    pages = [None if e.text_hidden else e.page for e in world.chain]
    if not pages or pages[-1] is None or pages[-1].holds(item_id):
        return None
    item = the_real_one(pages, item_id)
    if item is None or item.faulty:
        return None
    decided = [value for one, value in pages[-1].decisions if one == item_id]
    for n in range(len(pages) - 1, 0, -1):
        for value in [item.editors.get('approved', ''), *decided]:
            if approves(world, pages, n, item, value, now):
                return world.chain[n].revid
    return None


def approves(world, pages, n, item, value, now):
    r, page, parent, rules, one = world.chain[n], pages[n], pages[n - 1], world.rules, item.id
    digits = re.match('[0-9a-f]*', value)[0]
    if len(digits) < 40 or not fingerprint(item, rules).startswith(digits):
        return False
    if re.search(r'[{}]|<!--|<nowiki', value):
        return False
    # 1: who
    if r.user_hidden or not approver_now(world, r) or page is None or parent is None:
        return False
    # 2: what the edit itself did
    then, before = page.of(one), parent.of(one)
    if value not in page.approvals(one) or value in parent.approvals(one) or r.tags & REVERTS:
        return False
    if not own_words(page, parent):
        return False
    if len(then) != 1 or len(before) != 1 or then[0].faulty or before[0].faulty:
        return False
    if then[0].content != before[0].content or any(p and value in p.text() for p in pages[:n]):
        return False
    # 3: it is still so
    if item.content != then[0].content:
        return False
    # 4: nobody who counts took it back, and no approver's hold was lifted by others
    lifted, veto = r.time, vetoed_then(world, pages, n, one)
    for m in range(n + 1, len(pages)):
        e, new, old = world.chain[m], pages[m], pages[m - 1]
        if is_bot(world, e):
            continue
        if counts(world, e) and (new is None or taken_back(old, new, item, value)):
            return False
        was, held = old.holds(one) if old else [], new.holds(one) if new else []
        if counts(world, e) and more(held, was):
            veto = True
        if was and new and not held:
            his = approver_now(world, e) and own_words(new, old)
            lifted, veto = e.time, veto and not his
    if veto:
        return False
    # 5: a second person
    hands = first_hands(pages, item)
    mine = [k for k in hands if may_be_his(world, world.chain[k], r, one)]
    begun = [k for k in (hands[0],) if k and pages[k] and pages[k - 1]]
    mine += [k for k in begun if not own_words(pages[k], pages[k - 1])]
    if mine and rules.second_person is not False:
        age = r.time - world.chain[min(mine)].time
        if rules.second_person is True or age < timedelta(hours=rules.second_person):
            return False
    # 6: neither too young nor too old
    last = r.time + rules.valid
    if 'not-before' in item.content:
        planned = datetime.strptime(item.content['not-before'], '%Y-%m-%d %H:%M')
        last = max(last, planned.replace(tzinfo=UTC) + rules.late)
    # ... and the picture is the one that was there
    if 'image' in item.content:
        file = world.files.get(item.content['image'])
        if not file or not file.repository or file.redirect or file.trouble:
            return False
        if file.title.split(':')[1] != item.content['image'].split(':')[1]:
            return False
        if max([file.uploaded, *(one.when for one in file.changes)]) >= r.time:
            return False
    return lifted + rules.quiet <= now <= last


def own_words(page, parent):
    """Whether nothing stood there that MediaWiki completes for whoever saves."""
    was, now = parent.text().lower(), page.text().lower()
    if re.search(r'{{\s*(safe)?subst:|{{\s*ers:', re.sub('<!--.*?-->', '', was) + was):
        return False
    return was.count('~') <= now.count('~') and was.count('|]]') <= now.count('|]]')


def fingerprint(item, rules):
    full = {'id': item.id, 'language': rules.language, 'channels': ','.join(rules.channels)}
    full |= item.content
    order = ('id', 'text', 'image', 'alt', 'language', 'channels', 'not-before', 'news')
    lines = [f'{k}:{len(full[k].encode())}:{full[k]}\n' for k in order if full.get(k)]
    return hashlib.sha256(('mwsocial 1\n' + ''.join(lines)).encode()).hexdigest()


def is_bot(world, e):
    bots = [world.rules.bot, *world.rules.former_bots]
    return e.user in bots and not e.user_hidden


def approver_now(world, e):
    named = world.rules.users.get(world.names.get(e.userid), -1) == 0
    ids = [userid for userid in world.rules.users.values() if userid]
    listed = named or e.userid in ids or e.userid in world.sysops
    return listed and e.userid not in world.blocked | world.locked and not is_bot(world, e)


def counts(world, e):
    spans = world.rights.get(e.userid, []) if e.userid else []
    then = any(a <= e.time and (b is None or e.time <= b) for a, b in spans)
    return e.user_hidden or then or approver_now(world, e)


def more(new, old):
    return any(new.count(one) > old.count(one) for one in new)


def taken_back(old, new, item, value):
    def worse(before, after, thing):
        return sorted(before) != sorted(after) and after.count(thing) < max(before.count(thing), 1)

    one, good = item.id, item.form()
    if old is None:  # nobody can see what this edit did: what it leaves must be whole
        lost = good not in new.forms(one) or value not in new.approvals(one)
        return lost or bool(new.declines(one))
    approved = worse(old.approvals(one), new.approvals(one), value)
    changed = worse(old.forms(one), new.forms(one), good)
    return approved or changed or more(new.declines(one), old.declines(one))


def vetoed_then(world, pages, n, one):
    while n >= 0 and (pages[n] is None or pages[n].holds(one)):
        e, before = world.chain[n], pages[n - 1].holds(one) if n and pages[n - 1] else []
        if (
            pages[n]
            and more(pages[n].holds(one), before)
            and (is_bot(world, e) or counts(world, e))
        ):
            return True
        n -= 1
    return False


def first_hands(pages, item):
    def stands(page):
        own = [i for i in page.items if i.id in ('', item.id)]
        return any(i.content == item.content and not i.faulty for i in own)

    first = last = min(k for k, page in enumerate(pages) if page and stands(page))
    while first and pages[first - 1] is None:  # a hidden text may have held it before
        first -= 1
    return range(first, last + 1)


def may_be_his(world, e, r, one):
    if is_bot(world, e):
        name = re.search(rf'^mwsocial:propose .*\b{one} by \[\[User:(.*?)\]\]', e.summary)
        his = name and {v: k for k, v in world.names.items()}.get(name[1], 0) in (0, r.userid)
        return e.summary_hidden or his
    return e.user_hidden or e.userid == r.userid


def the_real_one(pages, item_id):
    real, here = None, []
    for here in [page.forms(item_id) if page else [] for page in pages]:
        real = here[0] if len(here) == 1 else real if real in here else None
    found = [item for item in pages[-1].of(item_id) if item.form() == real]
    return found[0] if len(found) == 1 else None
