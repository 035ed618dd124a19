"""What is wrong with the configuration, in words for somebody who edits a wiki page."""

from __future__ import annotations

import json
import types
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from mwsocial.errors import ConfigurationError

_KINDS = {
    'string_type': 'words in quotation marks',
    'bool_type': 'true or false',
    'int_type': 'a whole number',
    'int_from_float': 'a whole number',
    'float_type': 'a number',
    'finite_number': 'a number',
    'dict_type': 'an object: {"…": …}',
    'model_type': 'an object: {"…": …}',
    'model_attributes_type': 'an object: {"…": …}',
    'tuple_type': 'a list: ["…", "…"]',
    'list_type': 'a list: ["…", "…"]',
}


class _DuplicateKey(ValueError):
    pass


def load_json(text: str, where: str) -> Any:
    """The values that *text* spells; *where* names the page in the errors.

    Raises ConfigurationError with line and column, and for a key that stands twice (JSON would
    silently take the last one).
    """
    try:
        return json.loads(text, object_pairs_hook=_no_duplicates, parse_constant=_no_constants)
    except json.JSONDecodeError as error:
        raise ConfigurationError(
            f'{where} is not JSON: line {error.lineno}, column {error.colno}: {error.msg}.'
        ) from None
    except _DuplicateKey as error:
        raise ConfigurationError(f'{where} is wrong: {error}') from None
    except (RecursionError, ValueError):
        raise ConfigurationError(
            f'{where} cannot be read: it is nested too deeply or holds a number that is too long.'
        ) from None


def say_errors(error: ValidationError, model: type[BaseModel]) -> list[str]:
    """One line for each error: the key, what was expected, and what was found."""
    return [_say(detail, model) for detail in error.errors(include_url=False)]


def _no_duplicates(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in pairs:
        if key in values:
            raise _DuplicateKey(f'the key "{key}" stands twice in one place; remove one of them.')
        values[key] = value
    return values


def _no_constants(word: str) -> Any:
    raise _DuplicateKey(f'{word} is no number that JSON knows.')


def _say(detail: ErrorDetails, model: type[BaseModel]) -> str:
    place = ' → '.join(
        f'number {step + 1}' if isinstance(step, int) else f'"{step}"' for step in detail['loc']
    )
    at = f'{place}: ' if place else ''
    kind, context = detail['type'], detail.get('ctx', {})
    if kind == 'extra_forbidden':
        known = _keys(model, detail['loc'][:-1])
        near = get_close_matches(str(detail['loc'][-1]), known, n=1, cutoff=0.5)
        hint = f'did you mean "{near[0]}"?' if near else 'known here: ' + ', '.join(known) + '.'
        return f'{place} is not a known key; {hint}'
    if kind == 'missing':
        return f'{place} is missing: this key has no default.'
    if kind == 'value_error':
        words = str(context['error'])
        return f'{at}{words}.'
    found = _show(detail.get('input'))
    if kind == 'json_invalid':
        return f'this is not JSON: {context.get("error", "unreadable")}.'
    return f'{at}expected {_expected(kind, context)}, but found {found}.'


def _expected(kind: str, context: dict[str, Any]) -> str:
    if kind in _KINDS:
        return _KINDS[kind]
    if kind == 'greater_than_equal':
        return f'a number of {context["ge"]:g} or more'
    if kind == 'greater_than':
        return f'a number above {context["gt"]:g}'
    if kind == 'less_than_equal':
        return f'a number of {context["le"]:,g} at the most'
    if kind == 'string_too_long':
        return f'at most {context["max_length"]} characters'
    if kind == 'literal_error':
        return f'one of {context["expected"]}'.replace("'", '"')
    return 'something else'


def _show(value: Any) -> str:
    words = json.dumps(value, ensure_ascii=False, default=str)
    return words if len(words) <= 60 else words[:57] + '…'


def _keys(model: type[BaseModel], path: Sequence[int | str]) -> list[str]:
    """The keys that are known where *path* leads."""
    kind: Any = model
    for step in path:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            kind = next(
                (f.annotation for name, f in kind.model_fields.items() if step in (name, f.alias)),
                None,
            )
        else:
            kind = get_args(_bare(kind))[-1 if get_origin(_bare(kind)) is dict else 0]
        kind = _bare(kind)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return [field.alias or name for name, field in kind.model_fields.items()]
    return []


def _bare(kind: Any) -> Any:
    """The type without its annotations and without None."""
    while hasattr(kind, '__metadata__'):
        kind = get_args(kind)[0]
    if get_origin(kind) in (Union, types.UnionType):
        kind = next(one for one in get_args(kind) if one is not type(None))
    return kind
