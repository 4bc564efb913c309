"""What a contract pays for: clauses, each composed of a measure, a price schedule, conditions and a split of payers.

`metric` names what is measured; left out, it is the clause's own name. `payers` left out are the contract's. Every
schedule is a function of what has been found in all, so a later correction settles the difference.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from .checks import step_findings, tier_findings
from .frozen import Frozen, Sourced, example
from .problems import Finding, refuse
from .values import Day, Level, Money, Month, Name, Quantity, Share, Text, Year

Payers = Annotated[dict[Name, Share], Field(description="who pays which share; adds to 1")]
Metric = Annotated[Name, Field(description="what is measured; left out, it is the clause's own name")]
Groups = Annotated[
    tuple[Name, ...], Field(description="only citizens or cohorts of these subgroups; all when left out")
]
Positive = Annotated[Quantity, Field(gt=0)]

COMPARISONS = ("at_least", "above", "at_most", "below")


class Threshold(Frozen):
    """One comparison: `at_least` and `at_most` include the number itself, `above` and `below` do not."""

    at_least: Level | None = None
    above: Level | None = None
    at_most: Level | None = None
    below: Level | None = None

    @property
    def comparison(self) -> tuple[str, Decimal] | None:
        """Which comparison, and with what; none where none is stated."""
        found = [(name, getattr(self, name)) for name in COMPARISONS if getattr(self, name) is not None]
        return found[0] if found else None

    def _comparison_findings(self, needed: bool) -> Iterator[Finding]:
        found = [name for name in COMPARISONS if getattr(self, name) is not None]
        if len(found) > 1 or (needed and not found):
            told = " and ".join(found) or "none"
            yield Finding(f"expected one of {', '.join(COMPARISONS)}, found {told}", (), "keep one")


Value = Annotated[
    Literal["share", "number"],
    Field(description="share: found divided by measured (or the mean of what was measured); number: found, added up"),
]


class Comparison(Threshold):
    """A comparison with everything found up to a statement: the value of a metric, or what another clause has earned.

    With `clause`, the comparison is with what that clause has earned in all, in kroner, before the limits on money; the
    clause must stand earlier. `months`: only measurements of a metric at these follow-ups count. A value of which
    nothing has been measured meets no comparison.
    """

    model_config = example(metric="stable_housing", months=[24], at_least=0.5)

    metric: Name | None = None
    clause: Name | None = None
    value: Value = "share"
    months: tuple[Month, ...] = ()
    for_groups: Groups = ()

    @model_validator(mode="after")
    def _of_one_thing(self) -> Self:
        refuse(*self._findings())
        return self

    def _findings(self) -> Iterator[Finding]:
        if (self.metric is None) == (self.clause is None):
            hint = "write metric: or clause:, not both"
            yield Finding("expected a condition on a metric or on a clause", (), hint)
        yield from self._comparison_findings(needed=True)


class Condition(Comparison):
    """A test, or several of which `any_of` them is enough."""

    model_config = example(
        any_of=[{"metric": "stable_housing", "at_least": 0.5}, {"clause": "job", "at_least": 100_000}]
    )

    any_of: Annotated[
        tuple[Comparison, ...], Field(description="tests of which one is enough, and nothing beside them")
    ] = ()

    def _findings(self) -> Iterator[Finding]:
        if not self.any_of:
            yield from super()._findings()
        elif any(getattr(self, name) != field.default for name, field in Comparison.model_fields.items()):
            yield Finding("any_of stands alone in its condition", ("any_of",), "move the rest to a condition beside it")


class Gate(Frozen):
    """A goal that a citizen must have reached (a result above zero) before the clause pays for that citizen.

    A count is nobody's, and passes no gate. `month`: at that follow-up; at any when left out. `counts: all` pays also
    for what was found before the gate opened, once it is open; `from_then` only for what is found on that day or later.
    """

    model_config = example(metric="in_education", month=6, counts="from_then")

    metric: Name
    month: Month | None = None
    counts: Literal["all", "from_then"] = "all"


class Clause(Sourced):
    """What clauses that pay have in common.

    `only_if`: the clause pays only while all of these hold, judged anew at each statement on all that is known by then.
    `unless`: it pays only while none of these hold.
    """

    payers: Payers = {}
    only_if: tuple[Condition, ...] = ()
    unless: tuple[Condition, ...] = ()

    def comparisons(self) -> Iterator[tuple[tuple[str | int, ...], Comparison]]:
        """Every single comparison in its conditions, with its path."""
        for side in ("only_if", "unless"):
            for number, condition in enumerate(getattr(self, side)):
                if not condition.any_of:
                    yield (side, number), condition
                for each, test in enumerate(condition.any_of):
                    yield (side, number, "any_of", each), test


class VolumeTier(Frozen):
    """A price for the outcomes up to a number of them in all; the last may have none."""

    model_config = example(price=5_000, until=20)

    price: Money
    until: Annotated[Positive | None, Field(description="outcomes in all; beyond the last tier's nothing is paid")] = (
        None
    )


class UnitPrice(Clause):
    """A price per verified outcome or measured unit (DSI's rate card). Used by a pool: repayment *by outcome*.

    Exactly one of: `price`, the same at every follow-up; `prices`, by follow-up month (others earn nothing);
    `tiers`, by how many have been found in all (accelerators, volume discounts). `per`: the price is for so many units,
    such as 0.01 for a percentage point. `most_per_person`: only so much of each citizen's results is paid, those told
    first; counts are not cut. `quota`: at most this share of those measured is paid, at each follow-up month.
    `requires`: gates that each citizen must have passed. `less`: metrics whose results are taken off (days in prison
    off stable days), at the same price; in all never below nothing.
    """

    model_config = example(
        kind="unit_price", metric="stable_housing", prices={12: 90_000, 24: 180_000}, payers={"municipality": 1}
    )

    kind: Literal["unit_price"]
    metric: Metric = ""
    price: Money | None = None
    prices: Annotated[dict[Month, Money] | None, Field(min_length=1, description="follow-up month: price")] = None
    tiers: Annotated[tuple[VolumeTier, ...] | None, Field(min_length=1)] = None
    per: Positive = Decimal(1)
    for_groups: Groups = ()
    most_per_person: Positive | None = None
    quota: Share | None = None
    requires: tuple[Gate, ...] = ()
    less: tuple[Name, ...] = ()

    @property
    def by_person(self) -> bool:
        """Whether it must be known whose result is whose."""
        return bool(self.requires) or self.most_per_person is not None

    @model_validator(mode="after")
    def _one_schedule(self) -> Self:
        refuse(*self._findings())
        return self

    def _findings(self) -> Iterator[Finding]:
        given = [name for name in ("price", "prices", "tiers") if getattr(self, name) is not None]
        if len(given) != 1:
            found = " and ".join(given) or "none"
            yield Finding(f"expected one of price, prices and tiers, found {found}", (), "keep one")
        before = Decimal(0)
        for number, tier in enumerate(self.tiers or ()):
            where = ("tiers", number, "until")
            if tier.until is None and number < len(self.tiers or ()) - 1:
                yield Finding("every tier but the last needs until", ("tiers", number), "add until:")
            elif tier.until is not None and tier.until <= before:
                yield Finding(f"expected until above {before}, found {tier.until}", where, "let it rise tier by tier")
            before = tier.until or before
        for other in ("most_per_person", "less", "requires", "tiers"):
            if self.quota is not None and getattr(self, other):
                hint = "leave one out, or give each a clause of its own"
                yield Finding(f"a quota does not go with {other}", ("quota",), hint)
        if self.less and self.most_per_person is not None:
            yield Finding("most_per_person does not go with less", ("most_per_person",), "leave one out")
        yield from _less_findings(self.metric, self.less)


def _less_findings(metric: str, less: tuple[str, ...]) -> Iterator[Finding]:
    for number, name in enumerate(less):
        if name == metric or name in less[:number]:
            yield Finding(f"'{name}' is taken off itself, or twice", ("less", number), "remove it")


class Amount(Frozen):
    """What is paid: kroner (`pays`), or a `share` of what the band is `of`."""

    pays: Money | None = None
    share: Annotated[Quantity | None, Field(ge=0, le=100)] = None

    def _amount_findings(self, path: tuple[str | int, ...] = ()) -> Iterator[Finding]:
        if (self.pays is None) == (self.share is None):
            found = "none" if self.pays is None else "both"
            yield Finding(f"expected one of pays and share, found {found}", path, "write pays: for kroner, or share:")


class Step(Threshold, Amount):
    """When the value meets the comparison, this is paid; of several that are met, the one hardest to meet."""

    model_config = example(at_least=0.7, pays=250_000)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        refuse(*self._comparison_findings(needed=True), *self._amount_findings())
        return self


class Node(Amount):
    """A point of a line: at this value this is paid; between two nodes in proportion, outside them as at the end."""

    model_config = example(at=0.5, share=1)

    at: Level

    @model_validator(mode="after")
    def _complete(self) -> Self:
        refuse(*self._amount_findings())
        return self


class Otherwise(Amount):
    """What is paid where no step is met."""

    model_config = example(pays=0)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        refuse(*self._amount_findings())
        return self


class Least(Otherwise):
    """What is paid at the least, up to and including a month."""

    model_config = example(pays=50_000, until_month=36)

    until_month: Month


class Band(Clause):
    """An amount by the value of a measure: steps, all or nothing at a threshold, or a line between nodes.

    The measure is `on`
    - `all_so_far`: everything found up to then, pooled (share: Σ found / Σ measured; number: Σ found);
    - `last_measurement`: the latest measurement alone (results of one follow-up month; without a month, of one day),
      which is the one with the latest result known then, and of several on one day that of the later month;
    - `each_measurement`: each measurement, and each subgroup's, earns an amount of its own.
    `due`: the months or dates on which the amount falls due, each time by what was found by then (what is reported
    later corrects it); left out, it is due with the statement and there is one amount in all, which follows the value
    up and down. Before anything is measured nothing is paid but `least`. `of`: what a share is a share of, in kroner,
    or the capital drawn by then.
    `for_each`: the amount is for each that was found of this metric: so far, or in the same measurement.
    `per_year`: the amount is for a year, and is multiplied by the time from the due month listed before (or the
    contract's start) to this one. `months`: only measurements at these follow-ups count.
    """

    model_config = example(
        kind="band",
        metric="reoffending",
        on="last_measurement",
        steps=[{"at_most": 0.4, "pays": 300_000}, {"at_most": 0.3, "pays": 500_000}],
        due=[24, 36],
    )

    kind: Literal["band"]
    metric: Metric = ""
    value: Value = "share"
    on: Literal["all_so_far", "last_measurement", "each_measurement"] = "all_so_far"
    steps: Annotated[tuple[Step, ...] | None, Field(min_length=1)] = None
    nodes: Annotated[tuple[Node, ...] | None, Field(min_length=2)] = None
    otherwise: Annotated[Otherwise | None, Field(description="paid where no step is met; nothing when left out")] = None
    least: Least | None = None
    of: Annotated[Money | Literal["capital_drawn"] | None, Field(description="what a share is a share of")] = None
    due: Annotated[tuple[Month | Day, ...], Field(description="months or dates on which it falls due")] = ()
    for_each: Annotated[Name | None, Field(description="a metric whose number the amount is multiplied by")] = None
    per_year: bool = False
    months: tuple[Month, ...] = ()
    for_groups: Groups = ()

    @model_validator(mode="after")
    def _one_schedule(self) -> Self:
        refuse(*self._findings())
        return self

    def amounts(self) -> Iterator[tuple[tuple[str | int, ...], Amount]]:
        """Every amount that is stated, with its path."""
        for number, step in enumerate(self.steps or ()):
            yield ("steps", number), step
        for number, node in enumerate(self.nodes or ()):
            yield ("nodes", number), node
        if self.otherwise:
            yield ("otherwise",), self.otherwise
        if self.least:
            yield ("least",), self.least

    def _findings(self) -> Iterator[Finding]:
        if (self.steps is None) == (self.nodes is None):
            found = "none" if self.steps is None else "both"
            yield Finding(f"expected one of steps and nodes, found {found}", (), "keep one")
        if self.nodes and self.otherwise:
            yield Finding("otherwise has no meaning with nodes", ("otherwise",), "add a node instead")
        yield from step_findings([step.comparison for step in self.steps or ()])
        for number, (low, high) in enumerate(zip(self.nodes or (), (self.nodes or ())[1:], strict=False), start=1):
            if high.at < low.at:
                yield Finding(
                    f"expected a node at {low.at} or more, found {high.at}", ("nodes", number, "at"), "sort them"
                )
        for path, amount in self.amounts():
            if amount.share is not None and self.of is None:
                hint = "add of: with kroner, or of: capital_drawn"
                yield Finding("it is not said what this is a share of", (*path, "share"), hint)
        if self.for_each and (self.on == "last_measurement" or self.least):
            text = "for_each goes with all_so_far or each_measurement, and not with a least amount"
            yield Finding(text, ("for_each",), "change on:, or leave least: out")
        if self.due and self.on == "each_measurement":
            yield Finding("each measurement is due when it is stated", ("due",), "leave it out, or change on:")
        if self.per_year and not (self.due and all(isinstance(when, int) for when in self.due)):
            yield Finding("an amount per year needs due months, and no dates", ("per_year",), "write due: [12, 24, …]")
        if self.least and not self.due:
            yield Finding("a least amount needs due months or dates", ("least",), "add due:")
        if sorted(set(self.due), key=str) != sorted(self.due, key=str):
            yield Finding("a due date stands twice", ("due",), "keep one")


_UNTIL = "kroner earned in all; the last tier may have one too, and then nothing is earned beyond it"


class Tier(Frozen):
    """One step of a share of savings: this share until so much has been earned by the clause, or saved, in all."""

    model_config = example(share=0.8, until_earned=1_000_000)

    share: Share
    until_earned: Annotated[Money | None, Field(description=_UNTIL)] = None
    until_saved: Annotated[Money | None, Field(description="kroner saved in all")] = None


class Baseline(Frozen):
    """A fixed baseline: each period's saving is (`quantity` − what was measured) × `unit_price`."""

    model_config = example(quantity=1_200, unit_price=950.50)

    quantity: Quantity
    unit_price: Money


class SavingsShare(Clause):
    """A share of the realised saving after refusion (DSK's gain share), in tiers of what has been earned or saved.

    It works on the cumulative saving: a later loss is set off against earlier gains. Used by a pool: repayment by
    *realised* saving, and 1 − share is what the department keeps. `saving_basis` says what realised means:
    `counterfactual`, against what would have happened; `fixed_baseline`, units below a `baseline` at a unit price;
    `budget_minus_accounts`, where `less` may name the accounts' metric. `certified_by`: who states it.
    """

    model_config = example(
        kind="savings_share",
        tiers=[{"share": 0.8, "until_earned": 1_000_000}, {"share": 0.4}],
        certified_by="the auditor",
    )

    kind: Literal["savings_share"]
    metric: Annotated[Name, Field(description="the saving that is shared")] = "saving"
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1)]
    saving_basis: Literal["counterfactual", "fixed_baseline", "budget_minus_accounts"] = "counterfactual"
    baseline: Baseline | None = None
    less: tuple[Name, ...] = ()
    certified_by: Text | None = None

    @model_validator(mode="after")
    def _tiers_in_order(self) -> Self:
        refuse(*self._findings())
        return self

    def _findings(self) -> Iterator[Finding]:
        yield from tier_findings([(tier.share, tier.until_earned, tier.until_saved) for tier in self.tiers])
        if (self.saving_basis == "fixed_baseline") != (self.baseline is not None):
            hint = "a fixed_baseline needs baseline:, and only that"
            yield Finding(f"saving_basis {self.saving_basis} and baseline do not fit", ("saving_basis",), hint)
        if self.less and self.baseline:
            yield Finding("less has no meaning with a baseline", ("less",), "remove it")
        yield from _less_findings(self.metric, self.less)


class Scheduled(Clause):
    """Amounts due on dates whatever happens: a fee, a bonus, a frame cut from coming budget years (*budgetreduktion*).

    The key is a contract month (its last day), a date, or a year, which means its 31 December. Used by a pool:
    *budgeted* repayment. With `only_if` it is a bonus that a goal releases.
    """

    model_config = example(
        kind="scheduled", amounts={2026: 400_000, 2027: 400_000}, only_if=[{"metric": "in_job", "at_least": 0.3}]
    )

    kind: Literal["scheduled"]
    amounts: Annotated[dict[Month | Year | Day, Money], Field(min_length=1, description="month, year or date: kroner")]


class NoRepayment(Sourced):
    """Nothing is due: a pool that gives, and asks for nothing back."""

    model_config = example(kind="none")

    kind: Literal["none"]


AnyClause = Annotated[UnitPrice | Band | SavingsShare | Scheduled | NoRepayment, Field(discriminator="kind")]
