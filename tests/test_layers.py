"""The house's walls: rooms import only downwards, heavy libraries stay in their rooms."""

from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).parent.parent


def test_imports_keep_the_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml")) == EXIT_STATUS_SUCCESS


def test_data_folders_hold_no_code() -> None:
    # A root package named tokenizers would shadow Hugging Face's.
    assert not [*ROOT.glob("tokenizers/**/*.py"), *ROOT.glob("checkpoints/**/*.py")]
