from __future__ import annotations

from vivavoce.commands.transcript_asked import TranscriptAsked
from vivavoce.wire.scribe_query import CommitStrategy, parse_scribe_query


def test_a_server_reads_in_the_address_what_was_asked_for() -> None:
    query = parse_scribe_query(TranscriptAsked(48_000, 0.6, "en").query)
    assert query.audio_format == "pcm_48000"
    assert query.commit_strategy is CommitStrategy.VAD
    assert query.vad_silence_threshold_secs == 0.6
    assert query.language_code == "en"


def test_without_a_language_the_choice_is_the_servers() -> None:
    assert parse_scribe_query(TranscriptAsked(16_000, 1.0).query).language_code is None
