"""Whether an item is approved, decided from the history of the queue page. Pure.

What the page says proves nothing, since anyone can write it: an approval is a revision by somebody
who may approve. The rules stand one by one in ``clauses``.
"""

from __future__ import annotations

from mwsocial.desk.approval.authors import PROPOSE, proposal_summary
from mwsocial.desk.approval.decision import approval
from mwsocial.desk.approval.facts import PostFact, post_unchanged
from mwsocial.desk.approval.holder import first_holder
from mwsocial.desk.approval.proofs import proved
from mwsocial.desk.approval.verdict import Approved, NotApproved, Proof

__all__ = [
    'PROPOSE',
    'Approved',
    'NotApproved',
    'PostFact',
    'Proof',
    'approval',
    'first_holder',
    'post_unchanged',
    'proposal_summary',
    'proved',
]
