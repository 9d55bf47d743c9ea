"""Pronunciation dictionaries as files."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.errors import InvalidParameter
from vivavoce.wire.dictionaries import AliasRule, DictionaryRule, PhonemeRule
from vivavoce.wire.pls import PLS_MAX_BYTES, read_pls, write_pls

_DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<lexicon version="1.0"
    xmlns="http://www.w3.org/2005/01/pronunciation-lexicon"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xsi:schemaLocation="http://www.w3.org/2005/01/pronunciation-lexicon pls.xsd"
    alphabet="ipa" xml:lang="en-GB">
  <meta name="author" content="nobody"/>
  <metadata><note xmlns="urn:other"><lexeme>not one of ours</lexeme></note></metadata>
  <!-- a comment -->
  <lexeme>
    <grapheme>tomato</grapheme>
    <grapheme>Tomato</grapheme>
    <phoneme>təmætəʊ</phoneme>
    <example>A <emphasis>tomato</emphasis>.</example>
  </lexeme>
  <lexeme role="verb">
    <grapheme>W3C &amp;
      friends</grapheme>
    <alias>World Wide Web Consortium</alias>
  </lexeme>
</lexicon>
"""


def _with(lexemes: str, attributes: str = 'alphabet="ipa"') -> bytes:
    return f'<lexicon version="1.0" {attributes}>\n{lexemes}\n</lexicon>'.encode()


def test_a_file_as_the_standard_has_it_gives_a_rule_for_each_grapheme() -> None:
    assert read_pls(_DOCUMENT.encode()) == (
        PhonemeRule("tomato", "təmætəʊ", "ipa"),
        PhonemeRule("Tomato", "təmætəʊ", "ipa"),
        AliasRule("W3C & friends", "World Wide Web Consortium"),
    )


def test_utf_16_and_latin_1_are_read() -> None:
    text = _DOCUMENT.replace('encoding="UTF-8"', 'encoding="UTF-16"')
    assert read_pls(text.encode("utf-16"))[0] == PhonemeRule("tomato", "təmætəʊ", "ipa")
    latin = (
        '<?xml version="1.0" encoding="ISO-8859-1"?>'
        + _with("<lexeme><grapheme>café</grapheme><alias>caffay</alias></lexeme>").decode()
    )
    assert read_pls(latin.encode("latin-1")) == (AliasRule("café", "caffay"),)


def test_the_namespace_may_be_absent() -> None:
    lexeme = "<lexeme><grapheme>a</grapheme><phoneme>ə</phoneme></lexeme>"
    assert read_pls(_with(lexeme)) == (PhonemeRule("a", "ə", "ipa"),)


def test_the_alphabet_is_that_of_the_phoneme_else_that_of_the_file() -> None:
    lexemes = (
        "<lexeme><grapheme>a</grapheme><phoneme>AH0</phoneme></lexeme>"
        '<lexeme><grapheme>b</grapheme><phoneme alphabet="ipa">bə</phoneme></lexeme>'
    )
    assert read_pls(_with(lexemes, 'alphabet="x-cmu-arpabet"')) == (
        PhonemeRule("a", "AH0", "cmu-arpabet"),
        PhonemeRule("b", "bə", "ipa"),
    )


def test_of_several_readings_the_preferred_one_counts_else_the_first() -> None:
    lexemes = (
        "<lexeme><grapheme>a</grapheme><phoneme>ə</phoneme><phoneme>æ</phoneme></lexeme>"
        "<lexeme><grapheme>b</grapheme><phoneme>x</phoneme>"
        '<alias prefer="true">bee</alias></lexeme>'
    )
    assert read_pls(_with(lexemes)) == (PhonemeRule("a", "ə", "ipa"), AliasRule("b", "bee"))


def test_a_lexicon_without_lexemes_has_no_rules() -> None:
    assert read_pls(_with("")) == ()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "Line 1: not XML: no element found"),
        (_with("<lexeme>\n<grapheme>a</grapheme"), "Line 4: not XML: not well-formed"),
        (_with("<lexeme>\n<alias>b</alias>\n</lexeme>"), "Line 2: the lexeme has no grapheme"),
        (_with("\n<lexeme>\n<grapheme>a</grapheme>\n</lexeme>"), "Line 3: the lexeme has neither"),
        (
            _with("<lexeme><grapheme> </grapheme><alias>b</alias></lexeme>"),
            "Line 2: string_to_replace is empty",
        ),
        (
            _with("<lexeme><grapheme>a</grapheme><phoneme>@</phoneme></lexeme>", 'alphabet="x-s"'),
            "Line 2: the alphabet must be",
        ),
        (b"<html/>", "Line 1: the file is no PLS lexicon"),
        (b'<lexicon xmlns="urn:other"/>', "Line 1: the file is no PLS lexicon"),
        (b"<?xml version='1.0' encoding='no-such'?><lexicon/>", "Line 1: "),
        (b"\xff\xfe\xfd", "Line 1: not XML"),
        (b"<lexicon>" + b" " * PLS_MAX_BYTES, "The file has more than 1,048,576 bytes"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_line(data: bytes, said: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        read_pls(data)
    assert str(caught.value).startswith(said)
    assert caught.value.param == "file"


@pytest.mark.parametrize(
    "document_type",
    [
        '<!DOCTYPE lexicon [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        '<!DOCTYPE lexicon [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE lexicon SYSTEM "http://localhost:1/lexicon.dtd">',
        "<!DOCTYPE lexicon>",
    ],
)
def test_a_document_type_is_refused_and_no_entity_is_ever_read(document_type: str) -> None:
    lexeme = "<lexeme><grapheme>a</grapheme><alias>b</alias></lexeme>"
    with pytest.raises(InvalidParameter, match="Line 2: a file with a document type"):
        read_pls(b"<?xml version='1.0'?>\n" + document_type.encode() + _with(lexeme))


_texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp", "Cn"]),
    min_size=1,
    max_size=20,
)
_rules: st.SearchStrategy[DictionaryRule] = st.one_of(
    st.builds(AliasRule, _texts, _texts, st.booleans(), st.booleans()),
    st.builds(
        PhonemeRule,
        _texts,
        _texts,
        st.sampled_from(["ipa", "cmu-arpabet"]),
        st.booleans(),
        st.booleans(),
    ),
)


@given(st.lists(_rules, max_size=8, unique_by=lambda rule: rule.string_to_replace))
def test_a_file_that_was_written_reads_as_the_same_rules(rules: list[DictionaryRule]) -> None:
    assert read_pls(write_pls(rules)) == tuple(rules)


@given(st.binary(max_size=200) | st.text(alphabet="<>lexicon/&;! \"'=", max_size=60))
def test_any_file_is_read_or_refused(data: bytes | str) -> None:
    with suppress(InvalidParameter):
        read_pls(data if isinstance(data, bytes) else data.encode())


def test_a_reading_is_made_plain_once_for_all_the_graphemes_of_its_lexeme() -> None:
    graphemes = "".join(f"<grapheme> {number} </grapheme>" for number in range(10_000))
    blank = " " * 500_000
    rules = read_pls(_with(f"<lexeme>{graphemes}<alias>{blank}no{blank[:50_000]}</alias></lexeme>"))
    assert rules == tuple(AliasRule(str(number), "no") for number in range(10_000))
