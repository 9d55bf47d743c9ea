"""Voices, models, accounts and dictionaries, asked for with the official SDK."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import websocket
from elevenlabs import ElevenLabs, types
from elevenlabs.core.api_error import ApiError
from elevenlabs.pronunciation_dictionaries.rules import (
    PronunciationDictionaryRule_Alias,
    PronunciationDictionaryRule_Phoneme,
)
from pydantic import BaseModel

from vivavoce.core.limits import Limits
from vivavoce.engines.voices.catalog import CATALOG
from vivavoce.store.database import open_database
from vivavoce.store.keys import Keys

RACHEL = "21m00Tcm4TlvDq8ikWAM"
RULES = [
    PronunciationDictionaryRule_Alias(string_to_replace="SQL", alias="sequel"),
    PronunciationDictionaryRule_Phoneme(
        string_to_replace="data",
        phoneme="D AE1 T AH0",
        alphabet="cmu-arpabet",
        case_sensitive=False,
        word_boundaries=True,
    ),
]


@pytest.fixture
def server(start_server: Callable[..., Any]) -> Any:
    """One server for each test: what a test stores is its own."""
    return start_server()


@pytest.fixture
def client(server: Any) -> Iterator[ElevenLabs]:
    with httpx.Client() as http:
        yield ElevenLabs(base_url=server.url("", scheme="http"), api_key="any", httpx_client=http)


def checked(model: type[BaseModel], server: Any, path: str) -> BaseModel:
    """The answer as the SDK's own model, with every field it requires; the SDK checks nothing."""
    answer = httpx.get(server.url(path, scheme="http"))
    answer.raise_for_status()
    return model.model_validate(answer.json())


def refusal(error: ApiError) -> dict[str, Any]:
    detail: dict[str, Any] = error.body["detail"]
    assert detail["status"] == detail["code"]
    assert detail["message"]
    return detail


def key_with(data_dir: Path, *scopes: str, limits: Limits | None = None) -> str:
    """A key in the database that a server with this `data_dir` will open."""

    async def create() -> str:
        async with open_database(f"sqlite:///{data_dir / 'vivavoce.db'}") as engine:
            key, _ = await Keys(engine, time.time).create("ada", scopes=scopes, limits=limits)
            return key

    return asyncio.run(create())


class TestVoices:
    def test_every_voice_is_listed_and_each_is_what_the_sdk_wants(
        self, server: Any, client: ElevenLabs
    ) -> None:
        listed = client.voices.get_all(show_legacy=True).voices
        names = [voice.name for voice in listed]
        assert names[: len(CATALOG)] == [voice.name for voice in CATALOG]
        assert {voice.category for voice in listed} == {"premade"}
        assert all(voice.settings and voice.verified_languages for voice in listed)
        checked(types.GetVoicesResponse, server, "/v1/voices")

    def test_a_search_walks_through_all_pages(self, server: Any, client: ElevenLabs) -> None:
        found: list[str] = []
        token: str | None = None
        while True:
            page = client.voices.search(
                page_size=20, sort="name", sort_direction="asc", next_page_token=token
            )
            found += [voice.name or "" for voice in page.voices]
            token = page.next_page_token
            if not page.has_more:
                break
        assert found == sorted(found, key=str.casefold)
        assert len(found) == page.total_count == len(client.voices.get_all().voices)
        checked(types.GetVoicesV2Response, server, "/v2/voices?include_total_count=true")

    def test_a_search_finds_by_every_word_the_sdk_has(self, client: ElevenLabs) -> None:
        def names(**wanted: Any) -> list[str | None]:
            return [voice.name for voice in client.voices.search(**wanted).voices]

        assert names(search="rachel") == ["Allegra"]
        assert names(voice_ids=[RACHEL, "nobody"]) == ["Allegra"]
        assert names(gender="neutral") == ["Andrea"]
        assert names(gender="male", use_cases=["news"], language=["en"]) == ["Ottavio"]
        assert names(category="cloned") == names(voice_type="personal") == []
        assert names(category="premade", voice_type="default", accent="american", age="young") == [
            "Celeste",
            "Orfeo",
        ]

    def test_a_premade_voice_is_the_one_that_answers_to_it(
        self, server: Any, client: ElevenLabs
    ) -> None:
        voice = client.voices.get(RACHEL, with_settings=True)
        assert voice == client.voices.get("Rachel") == client.voices.get(voice.voice_id)
        assert voice.name == "Allegra"
        assert voice.labels == {
            "gender": "female",
            "accent": "american",
            "language": "en",
            "use_case": "conversational",
        }
        assert client.voices.settings.get(RACHEL) == client.voices.settings.get_default()
        checked(types.Voice, server, f"/v1/voices/{RACHEL}")
        settings = checked(types.VoiceSettings, server, "/v1/voices/settings/default")
        assert settings == types.VoiceSettings(
            stability=0.5, similarity_boost=0.75, style=0, use_speaker_boost=True, speed=1.0
        )

    def test_an_unknown_voice_is_404(self, client: ElevenLabs) -> None:
        for ask in (client.voices.get, client.voices.settings.get):
            with pytest.raises(ApiError) as caught:
                ask("nobody")
            assert caught.value.status_code == 404
            assert refusal(caught.value)["code"] == "voice_not_found"


def test_models_are_a_bare_array_and_speak_english_first(server: Any, client: ElevenLabs) -> None:
    listed = client.models.list()
    assert [model.model_id for model in listed][:2] == ["eleven_flash_v2_5", "eleven_turbo_v2_5"]
    for raw in httpx.get(server.url("/v1/models", scheme="http")).json():
        model = types.Model.model_validate(raw)
        assert model.can_do_text_to_speech
        assert model.languages
        assert model.languages[0] == types.LanguageResponse(language_id="en", name="English")
        assert model.maximum_text_length_per_request == server.settings.max_pending_characters


class TestAccount:
    def test_anyone_has_a_large_limit_and_the_count_of_what_was_spoken(
        self, server: Any, client: ElevenLabs
    ) -> None:
        before = client.user.get()
        assert (before.user_id, before.subscription.character_count) == ("anyone", 0)
        b"".join(client.text_to_speech.convert(RACHEL, text="Hello there."))
        after = client.user.subscription.get()
        assert after.character_count == 12
        assert after.character_limit == 1_000_000_000
        reset = after.next_character_count_reset_unix
        assert reset is not None
        assert time.time() < reset <= time.time() + 31 * 86_400
        checked(types.User, server, "/v1/user")
        checked(types.Subscription, server, "/v1/user/subscription")

    def test_a_key_has_its_own_limit_and_count(
        self, start_server: Callable[..., Any], tmp_path: Path
    ) -> None:
        key = key_with(tmp_path, limits=Limits(characters_a_month=20))
        server = start_server(data_dir=tmp_path)
        with httpx.Client() as http:
            client = ElevenLabs(
                base_url=server.url("", scheme="http"), api_key=key, httpx_client=http
            )
            b"".join(client.text_to_speech.convert(RACHEL, text="Hello there."))
            user = client.user.get()
        assert user.first_name == "ada"
        counted = user.subscription.character_count, user.subscription.character_limit
        assert counted == (12, 20)

    @pytest.mark.parametrize("unit", [1, 1000])
    def test_usage_over_time_is_what_was_spoken(
        self, server: Any, client: ElevenLabs, unit: int
    ) -> None:
        b"".join(client.text_to_speech.convert(RACHEL, text="Hello there."))
        now = int(time.time())
        span = {"start_unix": (now - 2 * 86_400) * unit, "end_unix": now * unit}

        def spoken(**wanted: Any) -> list[float]:
            return client.usage.get(**span, **wanted).usage["All"]

        # Counts are written down every second.
        server.until(lambda: sum(spoken()) == 12)
        assert spoken() == spoken(breakdown_type="none", metric="credits") == [0, 0, 12]
        assert spoken(aggregation_interval="cumulative") == [12]
        assert spoken(include_workspace_metrics=True, aggregation_interval="week")[-1] == 12
        hours = client.usage.get(**span, aggregation_interval="hour")
        assert len(hours.time) == 49
        assert hours.time[-1] == now // 3_600 * 3_600_000
        path = f"/v1/usage/character-stats?start_unix={now}&end_unix={now}"
        checked(types.UsageCharactersResponseModel, server, path)

    def test_counts_that_nobody_keeps_are_refused_by_name(self, client: ElevenLabs) -> None:
        for wanted in ({"breakdown_type": "voice"}, {"metric": "minutes_used"}):
            with pytest.raises(ApiError) as caught:
                client.usage.get(start_unix=0, end_unix=1, **wanted)
            assert caught.value.status_code == 400
            assert refusal(caught.value)["param"] == next(iter(wanted))


def test_a_token_opens_a_socket_in_place_of_the_key(start_server: Callable[..., Any]) -> None:
    server = start_server(api_keys=("secret",))
    base = server.url("", scheme="http")
    with httpx.Client() as http:
        client = ElevenLabs(base_url=base, api_key="secret", httpx_client=http)
        token = client.tokens.single_use.create("tts_websocket").token
        with pytest.raises(ApiError) as caught:
            client.tokens.single_use.create("no-such-kind")
        assert refusal(caught.value)["param"] == "token_type"
    for shown, is_let_in in ((token, True), ("vvt_wrong", False)):
        socket = websocket.create_connection(server.speech() + f"&single_use_token={shown}")
        socket.send('{"text": "Hello. "}')
        socket.send('{"text": ""}')
        assert ('"audio"' in socket.recv()) is is_let_in
        socket.close()


class TestDictionaries:
    def test_a_dictionary_lives_as_the_sdk_has_it(self, client: ElevenLabs) -> None:
        library = client.pronunciation_dictionaries
        made = library.create_from_rules(
            name="terms", description="of databases", rules=RULES, workspace_access="viewer"
        )
        assert (made.name, made.version_rules_num, made.created_by) == ("terms", 2, "anyone")
        added = library.rules.add(
            made.id, rules=[PronunciationDictionaryRule_Alias(string_to_replace="DB", alias="base")]
        )
        removed = library.rules.remove(made.id, rule_strings=["SQL", "unknown"])
        assert (added.version_rules_num, removed.version_rules_num) == (3, 2)
        found = library.get(made.id)
        assert found.latest_version_id == removed.version_id
        assert [rule.string_to_replace for rule in found.rules] == ["data", "DB"]
        assert found.rules[
            0
        ] == types.GetPronunciationDictionaryWithRulesResponseModelRulesItem_Phoneme(
            **RULES[1].model_dump()
        )
        assert library.rules.set(made.id, rules=RULES[:1]).version_rules_num == 1
        assert library.update(made.id, name="words").name == "words"
        assert library.update(made.id, archived=True).archived_time_unix is not None
        assert library.list().pronunciation_dictionaries == []
        assert len(library.list(include_archived=True).pronunciation_dictionaries) == 1

    def test_a_file_goes_in_and_comes_out_with_the_same_rules(self, client: ElevenLabs) -> None:
        library = client.pronunciation_dictionaries
        made = library.create_from_rules(name="1", rules=RULES)
        file = b"".join(library.download(made.id, made.version_id))
        copy = library.create_from_file(
            name="2", description="null", file=("terms.pls", file, "application/pls+xml")
        )
        assert (copy.name, copy.description) == ("2", "null")
        assert library.get(copy.id).rules == library.get(made.id).rules
        assert library.create_from_file(name="empty").version_rules_num == 0

    def test_a_list_walks_through_all_pages(self, client: ElevenLabs) -> None:
        library = client.pronunciation_dictionaries
        for name in ("b", "c", "a"):
            library.create_from_rules(name=name, rules=RULES)
        names: list[str] = []
        cursor: str | None = None
        while True:
            page = library.list(
                cursor=cursor, page_size=2, sort="name", sort_direction="DESCENDING"
            )
            names += [one.name for one in page.pronunciation_dictionaries]
            cursor = page.next_cursor
            if not page.has_more:
                break
        assert names == ["c", "b", "a"]

    def test_every_answer_has_the_fields_that_the_sdk_requires(self, server: Any) -> None:
        base = server.url("/v1/pronunciation-dictionaries", scheme="http")
        rules = [rule.model_dump() for rule in RULES]
        with httpx.Client() as http:

            def answer(model: type[BaseModel], path: str, **body: Any) -> Any:
                method = "POST" if body else "GET"
                reply = http.request(method, base + path, json=body or None)
                assert reply.status_code == 200
                return model.model_validate(reply.json())

            made = answer(
                types.AddPronunciationDictionaryResponseModel,
                "/add-from-rules",
                name="n",
                rules=rules,
            )
            for change in ("add-rules", "set-rules"):
                path = f"/{made.id}/{change}"
                answer(types.PronunciationDictionaryRulesResponseModel, path, rules=rules[:1])
            answer(types.GetPronunciationDictionaryWithRulesResponseModel, f"/{made.id}")
            answer(types.GetPronunciationDictionariesMetadataResponseModel, "?unknown=1")

    def test_what_cannot_be_used_is_refused_in_words(self, client: ElevenLabs) -> None:
        library = client.pronunciation_dictionaries
        with pytest.raises(ApiError) as caught:
            library.create_from_file(name="x", file=("x.pls", b"<lexicon>\n<lexeme/></lexicon>"))
        assert caught.value.status_code == 400
        assert refusal(caught.value)["message"] == "Line 2: the lexeme has no grapheme."
        with pytest.raises(ApiError) as caught:
            library.create_from_rules(
                name="x",
                rules=[PronunciationDictionaryRule_Alias(string_to_replace="a", alias=" ")],
            )
        assert refusal(caught.value)["message"] == "rules[0]: alias is empty."
        with pytest.raises(ApiError) as caught:
            library.get("nobody")
        assert caught.value.status_code == 404
        assert refusal(caught.value)["code"] == "pronunciation_dictionary_not_found"

    def test_speech_is_read_by_the_dictionaries_that_a_request_names(
        self, server: Any, client: ElevenLabs
    ) -> None:
        made = client.pronunciation_dictionaries.create_from_rules(name="terms", rules=RULES)
        locator = types.PronunciationDictionaryVersionLocator(pronunciation_dictionary_id=made.id)
        b"".join(
            client.text_to_speech.convert(
                RACHEL, text="SQL is Data.", pronunciation_dictionary_locators=[locator]
            )
        )
        read = server.pool.submitted[-1].request.pronunciations
        assert [(one.words, one.ipa) for one in read] == [("sequel", None), ("Data", "ˈdætə")]  # noqa: RUF001


@pytest.mark.parametrize(
    ("scope", "path"),
    [
        ("voices_read", "/v1/voices"),
        ("voices_read", "/v2/voices"),
        ("voices_read", "/v1/voices/Rachel"),
        ("models_read", "/v1/models"),
        ("user_read", "/v1/user"),
        ("user_read", "/v1/user/subscription"),
        ("user_read", "/v1/usage/character-stats?start_unix=0&end_unix=1"),
        ("pronunciation_dictionaries_read", "/v1/pronunciation-dictionaries"),
    ],
)
def test_a_key_reads_what_it_is_for_and_nothing_else(
    start_server: Callable[..., Any], tmp_path: Path, scope: str, path: str
) -> None:
    key = key_with(tmp_path, scope)
    server = start_server(data_dir=tmp_path)
    with httpx.Client(headers={"xi-api-key": key}, base_url=server.url("", "http")) as http:
        assert http.get(path).status_code == 200
        body = {"name": "n", "rules": []}
        write = http.post("/v1/pronunciation-dictionaries/add-from-rules", json=body)
        token = http.post("/v1/single-use-token/tts_websocket")
        total = http.get(
            "/v1/usage/character-stats?start_unix=0&end_unix=1&include_workspace_metrics=true"
        )
    assert (write.status_code, token.status_code, total.status_code) == (403, 403, 403)
    assert write.json()["detail"]["status"] == "missing_permissions"
