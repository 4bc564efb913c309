"""What cuts the amounts that clauses earn: limits, and what becomes of the excess."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from .dates import Accrual
from .frozen import Sourced, example
from .problems import Finding, refuse
from .values import Money, Name, Rate

Excess = Annotated[
    Literal["waits", "lapses"], Field(description="what a limit cuts off waits for later room, or lapses")
]


class PerPerson(Sourced):
    """No citizen earns more than this in all, over the unit prices (or over these `clauses`); the excess lapses.

    There may be several, each on its own clauses; those on fewer clauses cut first. Of alternatives no more is paid
    than the best: a limit on their clauses at the highest price.
    """

    model_config = example(kind="per_person", amount=450_000, clauses=["stable_housing", "in_job"])

    kind: Literal["per_person"]
    amount: Money
    clauses: tuple[Name, ...] = ()


class PerClause(Sourced):
    """One clause, or several `clauses` together, pays no more than this in all."""

    model_config = example(kind="per_clause", clause="stable_housing", amount=2_000_000, excess="lapses")

    kind: Literal["per_clause"]
    clause: Name | None = None
    clauses: tuple[Name, ...] = ()
    amount: Money
    excess: Excess = "waits"

    @model_validator(mode="after")
    def _of_some(self) -> Self:
        if bool(self.clause) == bool(self.clauses):
            found = "both" if self.clause else "none"
            refuse(Finding(f"expected one of clause and clauses, found {found}", (), "keep one"))
        return self


class PerMetric(Sourced):
    """All clauses that pay for this metric together pay no more than this in all."""

    model_config = example(kind="per_metric", metric="stable_housing", amount=2_000_000)

    kind: Literal["per_metric"]
    metric: Name
    amount: Money
    excess: Excess = "waits"


class PerPayer(Sourced):
    """One payer pays no more than this in all, under all clauses; what it does not pay falls to nobody, and lapses.

    It uses the room of the other limits all the same. What the payer guarantees is outside.
    """

    model_config = example(kind="per_payer", payer="state", amount=1_500_000)

    kind: Literal["per_payer"]
    payer: Name
    amount: Money
    excess: Literal["lapses"] = "lapses"


class PerYear(Sourced):
    """The contract pays no more than this in a year: a calendar year, or one that begins with another month.

    What is settled by a statement counts in the year of the statement's date. `begins: 4`: years from 1 April.
    """

    model_config = example(kind="per_year", amount=1_000_000, begins=4, excess="waits")

    kind: Literal["per_year"]
    amount: Money
    begins: Annotated[int, Field(ge=1, le=12, description="the month with which a year begins")] = 1
    excess: Excess = "waits"


class Total(Sourced):
    """The contract pays no more than this in all."""

    model_config = example(kind="total", amount=5_000_000)

    kind: Literal["total"]
    amount: Money
    excess: Excess = "waits"


class ReturnCeiling(Sourced):
    """*Afkastloft*: payments stop when capital and a yearly return at `rate` are repaid.

    `compound_account`: the return is reckoned on what is still outstanding, with interest on interest (the ceiling on
    the internal rate of return). `simple_average`: on all capital drawn, from the day of each draw, without interest on
    interest, whenever it is repaid. `accrual`: day by day (act/365), or once at each 31 December.
    """

    model_config = example(kind="return_ceiling", rate=0.05, accrual="yearly")

    kind: Literal["return_ceiling"]
    rate: Rate
    method: Literal["compound_account", "simple_average"] = "compound_account"
    accrual: Accrual = "daily"
    excess: Excess = "waits"


Limit = Annotated[
    PerPerson | PerClause | PerMetric | PerPayer | PerYear | Total | ReturnCeiling, Field(discriminator="kind")
]
