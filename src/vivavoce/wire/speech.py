"""What a client says on `stream-input`: one JSON message at a time."""

from __future__ import annotations

import math

import msgspec

from vivavoce.errors import InvalidMessage
from vivavoce.wire.client_json import read_json
from vivavoce.wire.dictionaries import Locator
from vivavoce.wire.voice_settings import VoiceSettings, read_voice_settings, unheard_settings


class SpeechMessage(msgspec.Struct, frozen=True):
    """One message of a client.

    `text` is None when the message had none. `chunk_length_schedule` is in characters,
    as the client had it. `locators` name pronunciation dictionaries, None where it said nothing.
    `credentials` are the keys and tokens it carried, `without_effect` names settings it carried
    that no voice here honours.
    """

    text: str | None
    flush: bool
    try_trigger: bool
    voice_settings: VoiceSettings | None
    chunk_length_schedule: tuple[int, ...] | None
    voice_id: str | None
    locators: tuple[Locator, ...] | None
    credentials: tuple[str, ...]
    without_effect: tuple[str, ...]

    @property
    def ends_input(self) -> bool:
        """Whether this is the protocol's end of input, the empty text."""
        return self.text == ""

    @property
    def is_blank(self) -> bool:
        """Whether the text is the single space that opens a connection or keeps it alive."""
        return self.text == " "


class GenerationConfig(msgspec.Struct):
    """When generations start."""

    chunk_length_schedule: list[float] | None = None


class ClientFrame(msgspec.Struct):
    """The keys that all speech sockets have in common."""

    text: str | None = None
    flush: bool | None = None
    try_trigger_generation: bool | None = None
    voice_settings: dict[str, object] | None = None
    generation_config: GenerationConfig | None = None
    generator_config: GenerationConfig | None = None
    pronunciation_dictionary_locators: tuple[Locator, ...] | None = None
    voice_id: str | None = None
    xi_api_key: str | None = None
    xi_api_key_dashed: str | None = msgspec.field(default=None, name="xi-api-key")
    authorization: str | None = None
    single_use_token: str | None = None

    def message(self) -> SpeechMessage:
        """What the frame says."""
        keys = (self.xi_api_key, self.xi_api_key_dashed, self.authorization, self.single_use_token)
        return SpeechMessage(
            text=self.text,
            flush=bool(self.flush),
            try_trigger=bool(self.try_trigger_generation),
            voice_settings=read_voice_settings(self.voice_settings),
            chunk_length_schedule=self._schedule(),
            voice_id=self.voice_id or None,
            locators=self.pronunciation_dictionary_locators,
            credentials=tuple(key for key in keys if key),
            without_effect=unheard_settings(self.voice_settings),
        )

    def _schedule(self) -> tuple[int, ...] | None:
        for config in (self.generation_config, self.generator_config):
            if config is not None and config.chunk_length_schedule:
                items = config.chunk_length_schedule
                return tuple(int(item) for item in items if math.isfinite(item)) or None
        return None


# Not strict, so that "true" and "50" are read as what they plainly mean.
_decoder = msgspec.json.Decoder(ClientFrame, strict=False)
_EMPTY = ClientFrame()


def decode_message(frame: str | bytes) -> SpeechMessage:
    """Reads one frame; unknown keys are ignored and null stands for "not given".

    Raises InvalidMessage for anything but a JSON object with at least one key of the protocol.
    """
    raw = read_json(frame, _decoder)
    if raw == _EMPTY:
        raise InvalidMessage("The message has none of the protocol's fields; it needs `text`.")
    return raw.message()
