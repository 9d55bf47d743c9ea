"""Files that callers bring into a conversation."""

from __future__ import annotations

from typing import Any

import pytest

from vivavoce.core.call_record import CallRecord

FILES = "/v1/convai/conversations/conv_1/files"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 100


async def begin(rest: Any, conversation_id: str = "conv_1") -> None:
    record = CallRecord(
        conversation_id=conversation_id,
        agent_id="agent_1",
        agent_name="",
        status="in-progress",
        started_at=1.0,
    )
    await rest.house.store.conversations.begin(record)


async def test_a_file_is_kept_as_it_was_sent_and_can_be_taken_back(open_rest: Any) -> None:
    async with open_rest(api_keys=("sesame",)) as rest:
        await begin(rest)
        reply = await rest.client.post(
            FILES, files={"file": ("../a\\b/photo.png", PNG, "image/jpeg")}
        )
        assert reply.status_code == 200, reply.text
        [file_id] = reply.json().values()
        assert list(reply.json()) == ["file_id"]
        stored = await rest.house.store.files.get("conv_1", file_id)
        assert stored.content_type == "image/png"
        kept = await rest.client.get(f"{FILES}/{file_id}", headers={"xi-api-key": "sesame"})
        assert kept.content == PNG
        assert kept.headers["content-type"] == "image/png"
        assert kept.headers["content-disposition"].startswith("attachment")
        assert kept.headers["x-content-type-options"] == "nosniff"
        gone = await rest.client.delete(f"{FILES}/{file_id}")
        assert (gone.status_code, gone.json()) == (200, {"file_id": file_id})
        assert not stored.path.exists()
        assert (await rest.client.delete(f"{FILES}/{file_id}")).status_code == 404


async def test_a_file_is_not_found_in_another_conversation(rest: Any) -> None:
    await begin(rest)
    await begin(rest, "conv_2")
    file_id = (await rest.client.post(FILES, files={"file": PNG})).json()["file_id"]
    other = FILES.replace("conv_1", "conv_2")
    for method in ("GET", "DELETE"):
        assert (await rest.client.request(method, f"{other}/{file_id}")).status_code == 404
    assert (await rest.client.get(f"{FILES}/{file_id}")).status_code == 200


@pytest.mark.parametrize("content", [b"", b"\x7fELF\0\0", b"PK\x03\x04\0", b"\xff\xfe\0\0"])
async def test_what_is_no_image_pdf_or_text_is_refused_and_not_kept(
    rest: Any, content: bytes
) -> None:
    await begin(rest)
    reply = await rest.client.post(FILES, files={"file": ("photo.png", content, "image/png")})
    assert reply.status_code == 400
    assert reply.json()["detail"]["param"] == "file"
    assert await rest.house.store.files.kept() == ()


async def test_a_request_without_a_file_is_refused(rest: Any) -> None:
    await begin(rest)
    no_file = await rest.client.post(FILES, files={"file": (None, b"")})
    assert no_file.status_code == 400
    no_form = await rest.client.post(FILES, json={})
    assert no_form.status_code == 422


async def test_a_file_has_at_most_20_megabytes(rest: Any) -> None:
    await begin(rest)
    most = await rest.client.post(FILES, files={"file": b"a" * 20_000_000})
    assert most.status_code == 200
    more = await rest.client.post(FILES, files={"file": b"a" * 20_000_001})
    assert more.status_code == 413
    assert more.json()["detail"]["status"] == "file_too_large"


async def test_a_conversation_has_at_most_20_files(rest: Any) -> None:
    await begin(rest)
    statuses = [
        (await rest.client.post(FILES, files={"file": b"text"})).status_code for _ in range(21)
    ]
    assert statuses == [200] * 20 + [413]
