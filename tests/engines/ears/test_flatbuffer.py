"""Tables written by the FlatBuffers library are read back without a schema."""

from __future__ import annotations

import flatbuffers
import pytest

from vivavoce.engines.ears.flatbuffer import Table

NAME, COUNT, SIZES, WORDS, CHILD, CHILDREN, LEFT_OUT = range(7)


def child(builder: flatbuffers.Builder, name: str) -> int:
    text = builder.CreateString(name)
    builder.StartObject(1)
    builder.PrependUOffsetTRelativeSlot(NAME, text, 0)
    return builder.EndObject()


def offsets(builder: flatbuffers.Builder, items: list[int]) -> int:
    builder.StartVector(4, len(items), 4)
    for item in reversed(items):
        builder.PrependUOffsetTRelative(item)
    return builder.EndVector()


@pytest.fixture(scope="module")
def table() -> Table:
    builder = flatbuffers.Builder()
    name = builder.CreateString("naïve")
    words = offsets(builder, [builder.CreateString(word) for word in ("one", "", "three")])
    builder.StartVector(8, 2, 8)
    builder.PrependInt64(1 << 40)
    builder.PrependInt64(-7)
    sizes = builder.EndVector()
    only = child(builder, "only")
    children = offsets(builder, [child(builder, name) for name in ("first", "second")])
    builder.StartObject(7)
    builder.PrependUOffsetTRelativeSlot(NAME, name, 0)
    builder.PrependInt32Slot(COUNT, -5, 0)
    for field, offset in ((SIZES, sizes), (WORDS, words), (CHILD, only), (CHILDREN, children)):
        builder.PrependUOffsetTRelativeSlot(field, offset, 0)
    builder.Finish(builder.EndObject())
    return Table.root(bytes(builder.Output()))


def test_every_kind_of_field_is_read(table: Table) -> None:
    assert table.text(NAME) == "naïve"
    assert table.int32(COUNT) == -5
    assert table.int64s(SIZES) == (-7, 1 << 40)
    assert list(table.texts(WORDS)) == ["one", "", "three"]
    assert table.table(CHILD).text(NAME) == "only"
    assert [each.text(NAME) for each in table.tables(CHILDREN)] == ["first", "second"]


def test_a_field_that_was_left_out_is_nothing(table: Table) -> None:
    assert not table.has(LEFT_OUT)
    assert table.has(CHILD)
    assert table.int32(LEFT_OUT) == 0
    assert table.bytes(LEFT_OUT) == b""
    assert list(table.tables(LEFT_OUT)) == []
    with pytest.raises(KeyError):
        table.table(LEFT_OUT)
    with pytest.raises(KeyError):
        table.table(LEFT_OUT + 100)
