"""What the municipality keeps of a gain, and what a loss costs it besides: dated national rules, and switches.

Each switch is off unless a scenario turns it on. What they post stands on the treasury (*kommunekassen*) with class
financing, so that it neither gives nor takes room under the service ceiling.
"""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Generic, TypeVar

from pydantic import Field

from contracts.frozen import Frozen, Sourced, example
from contracts.values import Day, Name, Share, Text

from .loading import load_model


class SanctionVersion(Sourced):
    """From a budget year on: what of a cut in the block grant falls on those above their own budgets (`individual`),
    and what on all by population (`collective`).
    """

    since: Day
    individual: Share
    collective: Share


class ShareVersion(Sourced):
    """A share in force from a date."""

    since: Day
    share: Share


VersionT = TypeVar("VersionT", SanctionVersion, ShareVersion)


class DatedRule(Frozen, Generic[VersionT]):
    """A rule whose versions follow each other by date; `until`: its last day, none where it still holds."""

    name: Text | None = None
    versions: Annotated[tuple[VersionT, ...], Field(min_length=1)]
    until: Day | None = None

    def in_force(self, year: int) -> VersionT:
        """The version in force when a budget year begins: grants are set for whole years (LookupError if none)."""
        if year in self.missing((year,)):
            raise LookupError(f"no version of the rule is in force in {year}")
        day = dt.date(year, 1, 1)
        return max((v for v in self.versions if v.since <= day), key=lambda version: version.since)

    def missing(self, years: Sequence[int]) -> tuple[int, ...]:
        """The years at whose beginning nothing is in force."""
        first, last = min(version.since for version in self.versions), self.until or dt.date.max
        return tuple(year for year in years if not first <= dt.date(year, 1, 1) <= last)


class PurseRules(Frozen):
    """The dated national rules of the municipal purse."""

    sanction: DatedRule[SanctionVersion]
    foundation_vat: DatedRule[ShareVersion]
    equalisation: dict[Name, DatedRule[ShareVersion]]


@lru_cache(maxsize=1)
def purse_rules() -> PurseRules:
    """The rules shipped with the package, each version with its source."""
    return load_model(Path(__file__).parent / "national" / "purse.yaml", PurseRules)


class Sanction(Sourced):
    """The block-grant sanction (*sanktion i bloktilskuddet*), as an expectation.

    Up to 3bn of the block grant is lost if the municipalities *together* spend more on services than budgeted: a part
    falls on all by population, the rest on those above their own budgets. What others spend is not simulated. The model
    is: in each year in which a design takes more service room than it gives, the municipality is above its budget by so
    much, and pays with the stated probability what the rule lays on it of that amount: individual share + collective
    share × its share of the population. The probability multiplies; nothing is drawn. It is posted in the same year;
    that the total cannot exceed 3bn plays no part for one intervention.
    """

    model_config = example(overrun_probability=0.25, population_share=0.06, mark="A")

    overrun_probability: Annotated[Share, Field(description="that the municipalities together exceed, such as 0.25")]
    population_share: Annotated[Share, Field(description="of the country's population, such as 0.06")] = Decimal(0)


class Equalisation(Sourced):
    """Equalisation (*udligning*): so large a share of a change in benefits and taxes goes to other municipalities.

    `share`: a national rule by name, or one constant share. It is taken of what the lines of class transfer save after
    refusion and of what the lines of class financing (taxes) bring, in the same year.
    """

    model_config = example(share=0.4, mark="A")

    share: Annotated[Share | Name, Field(description="a national rule by name, or a share such as 0.4")]


class BudgetGuarantee(Sourced):
    """The budget guarantee (*budgetgarantien*): where all municipalities save on benefits, the block grant falls.

    `also_in_other_municipalities`: how much of the gain on transfers, after refusion, the others have as well: 1 where
    the same is done everywhere, 0 where it is done only here. That part is not kept, but goes to the state in the same
    year. What all have changes nobody's place among them: it is not equalised, and neither is that share of the taxes.
    """

    model_config = example(also_in_other_municipalities=1, mark="A")

    also_in_other_municipalities: Annotated[Share, Field(description="1 if it is done everywhere, 0 if only here")]


class Purse(Frozen):
    """Which rules of the municipal purse are reckoned with; all are off where nothing is stated."""

    model_config = example(sanction={"overrun_probability": 0.25}, equalisation={"share": 0.4})

    sanction: Sanction | None = None
    equalisation: Equalisation | None = None
    budget_guarantee: BudgetGuarantee | None = None


class OptimismHaircut(Sourced):
    """By how much a business case is cut before it is shown, since most promise too much (*optimismefradrag*).

    `effect`: the expected effect is reduced by so large a share, in every design: a hazard ratio is raised to the power
    1 − effect, so that fewer reach the goals and payments by outcome fall too. `gain`: lives are as stated, but so
    large a share of what a line would release (or bring) does not come. A design's `effect_factor` is something else:
    that the intervention works less or better when it is financed in that way. The two multiply. Lives that are stated
    know no effect to reduce: there only `gain` acts.
    """

    model_config = example(effect=0.2, gain=0.1, mark="A")

    effect: Annotated[Share, Field(description="the share cut off the effect, such as 0.2")] = Decimal(0)
    gain: Annotated[Share, Field(description="the share cut off what is released, such as 0.1")] = Decimal(0)
