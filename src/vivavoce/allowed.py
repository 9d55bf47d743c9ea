"""What a setting's type lets in, in words."""

from __future__ import annotations

from msgspec.inspect import (
    BoolType,
    CustomType,
    FloatType,
    IntType,
    LiteralType,
    Metadata,
    StrType,
    Type,
    VarTupleType,
)


def allowed_values(kind: Type) -> str:
    """`kind` as a phrase that fits after "allowed is", such as "a whole number, at least 1"."""
    match kind:
        case Metadata(type=inner):
            return allowed_values(inner)
        case BoolType():
            return "true or false"
        case LiteralType(values=values):
            return "one of " + ", ".join(map(str, values))
        case IntType():
            return "a whole number" + _bounds(kind)
        case FloatType():
            return "a number" + _bounds(kind)
        case StrType(min_length=least):
            return "text that is not empty" if least else "text"
        case VarTupleType():
            return "a list of texts, none of them empty"
        case CustomType(cls=cls):
            return f"a {cls.__name__.lower()}"
    raise TypeError(f"no setting may be a {kind}")


def _bounds(kind: IntType | FloatType) -> str:
    sides = (("above", kind.gt), ("at least", kind.ge), ("at most", kind.le))
    said = [f"{words} {bound:g}" for words, bound in sides if bound is not None]
    return ", " + " and ".join(said) if said else ""
