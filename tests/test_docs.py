"""What the pages of the documentation show of a scenario can be written so."""

import re
from pathlib import Path

import pytest

from contracts.frozen import Frozen
from scenarios.economy import EconomyLine
from scenarios.loading import load_text
from scenarios.parts import Party
from scenarios.prices import Discounting, PriceIndex
from scenarios.purse import OptimismHaircut, Purse

DOCS = Path(__file__).parent.parent / "docs"


class Shown(Frozen):
    """The parts of a scenario that the pages show."""

    economy: dict[str, EconomyLine]
    price_index: PriceIndex | None = None
    discounting: Discounting = Discounting()
    purse: Purse = Purse()
    optimism_haircut: OptimismHaircut = OptimismHaircut()
    parties: dict[str, Party] | None = None


@pytest.mark.parametrize("page", ["prices.md", "purse.md"])
def test_what_a_page_shows_can_be_read(page: str) -> None:
    blocks = re.findall(r"^```yaml\n(.*?)^```$", (DOCS / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert blocks
    for block in blocks:
        assert load_text(block, Shown, file=page).economy
