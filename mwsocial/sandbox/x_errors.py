"""X's error bodies, as documented or reported (documentation "Response codes and errors")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .faults import Answer
from .loopback_parts import json_answer

_PROBLEMS = 'https://api.twitter.com/2/problems/'
NO_REPLY = (
    'Reply to this conversation is not allowed because you have not been mentioned or otherwise '
    'engaged by the author of the post you are replying to.'
)
DUPLICATE = 'You are not allowed to create a Tweet with duplicate content.'


def problem(status: int, title: str, detail: str, kind: str = '', **more: Any) -> Answer:
    """application/problem+json; *kind* is the last part of its type."""
    body = {
        'title': title, 'detail': detail, 'type': _PROBLEMS + kind if kind else 'about:blank',
        'status': status, **more,
    }  # fmt: skip
    answer = json_answer(body, status)
    return Answer(status, [('Content-Type', 'application/problem+json')], answer.body)


def forbidden(detail: str) -> Answer:
    """What is not allowed, as X says most of it."""
    return problem(403, 'Forbidden', detail)


def unauthorized() -> Answer:
    """A signature that is wrong, or none."""
    return problem(401, 'Unauthorized', 'Unauthorized')


def unsupported() -> Answer:
    """A header that is no OAuth 1.0a."""
    return problem(
        403, 'Unsupported Authentication',
        'Authenticating with Unknown is forbidden for this endpoint.  Supported authentication types '
        'are [OAuth 1.0a User Context, OAuth 2.0 User Context].', 'unsupported-authentication',
    )  # fmt: skip


def not_enrolled() -> Answer:
    """An app that is not on any plan, or not on one that has this."""
    return problem(
        403, 'Client Forbidden',
        'When authenticating requests to the Twitter API v2 endpoints, you must use keys and tokens '
        'from a Twitter developer App that is attached to a Project.', 'client-forbidden',
        reason='client-not-enrolled', required_enrollment='Appropriate Level of API Access',
    )  # fmt: skip


def no_permission() -> Answer:
    """An app that may only read."""
    return problem(
        403, 'Forbidden', 'Your client app is not configured with the appropriate oauth1 app '
        'permissions for this endpoint.', 'oauth1-permissions',
    )  # fmt: skip


def no_credit() -> Answer:
    """Nothing left to pay with."""
    return problem(
        402, 'CreditsDepleted', 'Your enrolled account does not have any credits to fulfill this '
        'request.', 'credits',
    )  # fmt: skip


def too_many(headers: Mapping[str, str], first_version: bool = False) -> Answer:
    """A meter is at its end; *first_version*: in the form of the older API."""
    if first_version:
        errors = {'errors': [{'code': 88, 'message': 'Rate limit exceeded'}]}
        answer = json_answer(errors, 429)
    else:
        answer = problem(429, 'Too Many Requests', 'Too Many Requests')
    return Answer(429, [*answer.headers, *headers.items()], answer.body)


def usage_capped() -> Answer:
    """The cap of a month is reached."""
    return problem(
        429, 'UsageCapExceeded', 'Usage cap exceeded: Monthly product cap', 'usage-capped',
        period='Monthly', scope='Product',
    )  # fmt: skip


def invalid(wrong: Mapping[str, str], values: Mapping[str, str] | None = None) -> Answer:
    """Parameters that are not right: name -> what is wrong."""
    errors = [
        {'parameters': {name: [(values or {}).get(name, '')]}, 'message': message}
        for name, message in wrong.items()
    ]
    return problem(
        400, 'Invalid Request', 'One or more parameters to your request was invalid.',
        'invalid-request', errors=errors,
    )  # fmt: skip


def missing(number: str, what: str = 'tweet') -> dict[str, Any]:
    """One error beside the data: there is no such thing."""
    return {
        'value': number, 'resource_id': number, 'resource_type': what, 'parameter': 'id',
        'title': 'Not Found Error', 'detail': f'Could not find {what} with id: [{number}].',
        'type': _PROBLEMS + 'resource-not-found',
    }  # fmt: skip


def hidden(number: str) -> dict[str, Any]:
    """One error beside the data: it is not for us to see."""
    return {
        'value': number, 'resource_id': number, 'resource_type': 'tweet', 'parameter': 'id',
        'title': 'Authorization Error', 'section': 'data',
        'detail': f'Sorry, you are not authorized to see the Tweet with id: [{number}].',
        'type': _PROBLEMS + 'not-authorized-for-resource',
    }  # fmt: skip
