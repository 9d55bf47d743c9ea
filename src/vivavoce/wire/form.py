"""The text fields of a form as a struct, as forgiving as the protocol's own servers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, TypeVar

import msgspec

from vivavoce.wire.rest_errors import FieldError, field_error

Form = TypeVar("Form", bound=msgspec.Struct)

# "Expected `int`, got `str` - at `$.seed`"; the value that was wrong may stand in it, whole.
_MISFIT: Final = re.compile(r"(.*) - at `\$\.?([^`]*)`", re.DOTALL)
_LONGEST_MISFIT: Final = 300
_CAPITAL: Final = re.compile("(?<=[a-z])(?=[A-Z])")


def read_form(fields: Mapping[str, object], form: type[Form]) -> Form:
    """The fields by name, each with its text or a list of its texts, as `form`.

    Empty text and "null" count as not given. A field of `form` whose default is `()` takes all its
    texts, which may be JSON, such as the list itself; of any other the last one counts. "name[]"
    and "name[key]" are "name". Files and unknown fields are left out.

    Raises msgspec.ValidationError.
    """
    known = {field.name: field.default == () for field in msgspec.structs.fields(form)}
    given: dict[str, list[str]] = {}
    for key, value in fields.items():
        given.setdefault(key.partition("[")[0], []).extend(_texts(value))
    values: dict[str, object] = {
        name: [item for text in texts for item in _items(text)] if known[name] else texts[-1]
        for name, texts in given.items()
        if texts and name in known
    }
    return msgspec.convert(values, form, strict=False)


def form_misfit(error: msgspec.ValidationError) -> FieldError:
    """What is wrong with a field, and which one it is."""
    told = _MISFIT.fullmatch(str(error))
    message, path = told.groups() if told else (str(error), "")
    return field_error("body", path, message[:_LONGEST_MISFIT])


def _texts(value: object) -> Iterator[str]:
    for one in value if isinstance(value, list | tuple) else (value,):
        if isinstance(one, str) and one not in ("", "null"):
            yield one


def _items(text: str) -> list[object]:
    if text[0] not in '[{"':
        return [text]
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return [text]
    return [_plain(item) for item in found] if isinstance(found, list) else [_plain(found)]


def _plain(item: object) -> object:
    """JavaScript's SDK leaves the keys inside of JSON as JavaScript has them."""
    if not isinstance(item, dict):
        return item
    return {_CAPITAL.sub("_", str(key)).lower(): value for key, value in item.items()}
