"""A pseudonym leads back to nobody, and joins nothing that was given out apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from creo.support.figures.pseudonyms import Pseudonyms, destroy_key


def test_one_person_has_one_pseudonym_in_a_release_and_another_in_the_next() -> None:
    first, again, second = Pseudonyms("2026-11"), Pseudonyms("2026-11"), Pseudonyms("2026-12")
    assert first.of("P-0000001") == again.of("P-0000001") != second.of("P-0000001")
    assert first.of("P-0000001") != first.of("P-0000002")


def test_ten_thousand_people_have_ten_thousand_pseudonyms_without_their_codes() -> None:
    release = Pseudonyms("2026-11")
    made = {release.of(f"P-{number:07d}") for number in range(10_000)}
    assert len(made) == 10_000
    assert not any("0000" in name for name in made)


def test_the_key_lies_in_the_data_folder_for_its_owner_alone(settings: object) -> None:
    Pseudonyms("2026-11")
    path = Path(settings.CREO_DATA_DIR) / "pseudonyms" / "2026-11.key"  # type: ignore[attr-defined]
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(bytes.fromhex(path.read_text())) == 32


def test_a_destroyed_key_makes_other_pseudonyms_for_ever() -> None:
    before = Pseudonyms("2026-11").of("P-0000001")
    assert destroy_key("2026-11")
    assert not destroy_key("2026-11")
    assert Pseudonyms("2026-11").of("P-0000001") != before


@pytest.mark.parametrize("name", ["", "../otra", "2026/11", "Á", "x" * 61, "-a"])
def test_a_release_is_named_by_a_plain_word(name: str) -> None:
    with pytest.raises(ValueError, match="entrega"):
        Pseudonyms(name)
