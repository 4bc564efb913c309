"""A register in a folder of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.register import (
    Register,
    open_register,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "contracts.db"


@pytest.fixture
def register(path: Path) -> Iterator[Register]:
    with open_register(path) as opened:
        yield opened
