"""Which revision approves an item, told plainly from the whole history: the other opinion.

It shares nothing with the code under test but the values it is given (``World``): it reads every
revision, and repeats the rules of an approval in their order.
"""

import hashlib
import re
from datetime import UTC, datetime, timedelta


def oracle(world, item_id, now):
    """The revid of the newest revision that approves *item_id* at *now*; None if there is none."""
    pages = [None if e.text_hidden else e.page for e in world.chain]
    if not pages or pages[-1] is None:
        return None
    rules, edits, present = world.rules, world.chain, same_id(pages[-1], item_id)
    if not present or any(i.editors.get('hold') for i in present):
        return None
    item = the_real_one(pages, item_id)
    if item is None or item.faulty:
        return None
    values = {item.editors.get('approved', '')} | {v for i, v in pages[-1].decisions if i == item_id}
    found = [
        e.revid
        for n, e in enumerate(edits)
        for value in values
        if n and approves(world, pages, n, item, value, now, rules)
    ]
    return max(found, default=None)


def approves(world, pages, n, item, value, now, rules):
    edits = world.chain
    r, page, parent = edits[n], pages[n], pages[n - 1]
    digits = re.match('[0-9a-f]*', value)[0]
    if len(digits) < 40 or not fingerprint(item, rules).startswith(digits):
        return False
    if re.search(r'[{}]|<!--|<nowiki', value):
        return False
    # 1: who
    if r.user_hidden or not approver_now(world, r) or page is None or parent is None:
        return False
    # 2: what the edit itself did
    if value not in approvals(page, item.id) or value in approvals(parent, item.id):
        return False
    then, before = same_id(page, item.id), same_id(parent, item.id)
    if len(then) != 1 or len(before) != 1 or then[0].faulty or before[0].faulty:
        return False
    if then[0].content != before[0].content or r.tags & {'mw-undo', 'mw-rollback', 'mw-manual-revert'}:
        return False
    if any(p and value in p.text() for p in pages[:n]):
        return False
    # 3: it is still so
    if item.content != then[0].content:
        return False
    # 4: nobody who counts took it back, and no hold stands
    lifted, veto = r.time, any_veto_then(world, pages, n, item.id)
    for m in range(n + 1, len(edits)):
        e, new, old = edits[m], pages[m], pages[m - 1]
        if e.user == rules.bot and not e.user_hidden:
            continue
        counts = e.user_hidden or approver_now(world, e) or approver_then(world, e)
        if counts and (new is None or taken_back(old, new, item, value)):
            return False
        if new is None:
            continue
        was, now_held = held(old, item.id), held(new, item.id)
        if counts and any(now_held.count(h) > was.count(h) for h in now_held):
            veto = True
        if was and not now_held:
            lifted = e.time
            if approver_now(world, e):
                veto = False
    if veto:
        return False
    # 5: a second person
    first = min(k for k in range(n + 1) if stands(pages[k], item))
    if rules.second_person is not False and giver(world, first, item) in (r.userid, 'unknown'):
        alone = rules.second_person
        if alone is True or r.time - edits[first].time < timedelta(hours=alone):
            return False
    # 6: neither too young nor too old
    last = r.time + rules.valid
    if 'not-before' in item.content:
        planned = datetime.strptime(item.content['not-before'], '%Y-%m-%d %H:%M')
        last = max(last, planned.replace(tzinfo=UTC) + rules.late)
    return lifted + rules.quiet <= now <= last


def fingerprint(item, rules):
    full = {'id': item.id, 'language': rules.language, 'channels': ','.join(rules.channels)}
    full |= item.content
    order = 'id text image alt language channels not-before not-after news'.split()
    lines = [f'{k}:{len(full[k].encode())}:{full[k]}\n' for k in order if full.get(k)]
    return hashlib.sha256(('mwsocial 1\n' + ''.join(lines)).encode()).hexdigest()


def same_id(page, item_id):
    return [i for i in page.items if i.id == item_id] if page else []


def approvals(page, item_id):
    own = [i.editors.get('approved', '') for i in same_id(page, item_id)]
    return [v for v in own if v] + [v for i, v in page.decisions if i == item_id] if page else []


def held(page, item_id):
    return [i.editors['hold'] for i in same_id(page, item_id) if 'hold' in i.editors]


def forms(page, item_id):
    return [(sorted(i.content.items()), i.faulty) for i in same_id(page, item_id)]


def taken_back(old, new, item, value):
    def worse(before, after, thing):
        return sorted(before) != sorted(after) and after.count(thing) < max(before.count(thing), 1)

    good = (sorted(item.content.items()), False)
    if old is None:  # nobody can see what this edit did: it must show the whole again
        return not (good in forms(new, item.id) and value in approvals(new, item.id))
    declined = [[i.editors.get('decline', '') for i in same_id(p, item.id)] for p in (old, new)]
    return (
        worse(forms(old, item.id), forms(new, item.id), good)
        or worse(approvals(old, item.id), approvals(new, item.id), value)
        or any(d and declined[1].count(d) > declined[0].count(d) for d in declined[1])
    )


def the_real_one(pages, item_id):
    real = None
    for page in pages:
        here = forms(page, item_id)
        real = here[0] if len(here) == 1 else real if real in here else None
    found = [i for i, f in zip(same_id(page, item_id), here, strict=True) if f == real]
    return found[0] if len(found) == 1 else None
