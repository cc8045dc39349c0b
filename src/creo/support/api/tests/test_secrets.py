"""Keys as text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from creo.support.api import secrets


def test_a_new_key_is_recognised_by_its_prefix_and_proved_by_its_digest() -> None:
    token = secrets.new_token()
    assert secrets.prefix_of(token.text) == token.prefix
    assert secrets.proves(token.text, secrets.digest_of(token.text))


def test_two_keys_never_are_the_same() -> None:
    assert len({secrets.new_token().text for _ in range(200)}) == 200


@given(st.text(max_size=80))
def test_no_other_text_is_a_key(text: str) -> None:
    digest = secrets.digest_of(secrets.new_token().text)
    assert secrets.prefix_of(text) == ""
    assert not secrets.proves(text, digest)


@given(st.integers(min_value=0, max_value=57))
def test_a_key_with_one_character_changed_proves_nothing(place: int) -> None:
    token = secrets.new_token()
    changed = token.text[:place] + ("0" if token.text[place] != "0" else "1") + token.text[place + 1 :]
    assert not secrets.proves(changed, secrets.digest_of(token.text))
