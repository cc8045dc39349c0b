"""The command `creo`: wrong words say what is expected; a refusal says its reasons and leaves with 1."""

from __future__ import annotations

from pathlib import Path

import pytest

from creo.site.cli import main
from creo.site.translations import compile_catalogues


@pytest.mark.parametrize("words", [[], ["volar"], ["target"], ["demo", "--scale", "mucho"]])
def test_wrong_words_stop_with_the_usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(words)
    assert stopped.value.code == 2
    assert "usage: creo" in capsys.readouterr().err


def test_a_scale_outside_its_range_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--scale", "7"]) == 1
    assert "0.01 a 1" in capsys.readouterr().err


@pytest.mark.django_db
def test_a_person_that_does_not_exist_is_told_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["target", "explain", "P-9999999"]) == 1
    assert "Traceback" not in capsys.readouterr().err


def test_a_catalogue_is_compiled_once_and_again_only_when_it_changes(tmp_path: Path) -> None:
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source = folder / "django.po"
    source.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Hoy"\nmsgstr "Today"\n')
    assert compile_catalogues([tmp_path]) == 1
    assert compile_catalogues([tmp_path]) == 0
    assert (folder / "django.mo").exists()
