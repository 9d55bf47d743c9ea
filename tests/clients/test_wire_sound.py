from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.audio import g711
from vivavoce.clients.ulaw import ulaw_decoded, ulaw_encoded
from vivavoce.clients.wire_sound import WireSound
from vivavoce.errors import UnsupportedFormat

SAMPLES = np.arange(-32_768, 32_768).astype("<i2").tobytes()


def test_every_code_means_what_the_server_means() -> None:
    codes = bytes(range(256))
    assert ulaw_decoded(codes) == g711.decode_ulaw(codes)


def test_every_sample_has_the_code_that_the_server_gives_it() -> None:
    assert ulaw_encoded(SAMPLES) == g711.encode_ulaw(SAMPLES)


@given(st.sampled_from(["pcm_16000", "pcm_22050", "pcm_44100"]))
def test_bare_samples_are_themselves(name: str) -> None:
    form = WireSound.named(name)
    assert form.decoded(b"ab") == form.encoded(b"ab") == b"ab"
    assert form.bytes_per_s == 2 * form.sample_rate


def test_telephone_sound_has_a_byte_a_sample() -> None:
    assert WireSound.named("ulaw_8000").bytes_per_s == 8_000
    assert WireSound.named("ulaw_8000").encoded(bytes(4)) == b"\xff\xff"


@pytest.mark.parametrize("name", ["mp3_44100_128", "pcm", "pcm_", "pcm_0", "pcm_fast", ""])
def test_other_formats_are_refused(name: str) -> None:
    with pytest.raises(UnsupportedFormat) as caught:
        WireSound.named(name, "agent_output_audio_format")
    assert caught.value.param == "agent_output_audio_format"
