"""What can happen to a contract and to an internal fund: frozen, versioned facts, never changed once
recorded.

Each event says when it took effect (`effective`) and when it was written down (`recorded`). Amounts are whole
øre, quantities millionths. Amounts that settlement found are recorded here, so that a later reader copies
them and never computes them anew. `encoding` gives events their stored form.
"""

import datetime as dt
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, AwareDatetime, Field

from .frozen import Frozen
from .privacy import impersonal_name, looks_like_cpr
from .terms import Amendment, Leaving, Terms
from .values import Text, Title

_LARGEST = 10**15

Kind = Literal["external_investor", "internal_fund"]
Identifier = Annotated[
    str, Field(pattern=r"^\w[\w.:/+-]*$", max_length=120, description="an id"), AfterValidator(impersonal_name)
]
Ore = Annotated[int, Field(strict=True, ge=-_LARGEST, le=_LARGEST, description="whole øre")]
PositiveOre = Annotated[int, Field(strict=True, gt=0, le=_LARGEST, description="whole øre above zero")]
NaturalOre = Annotated[int, Field(strict=True, ge=0, le=_LARGEST, description="whole øre, not negative")]
Millionths = Annotated[int, Field(strict=True, ge=-(10**12), le=10**12, description="millionths of an outcome")]
Denominator = Annotated[int, Field(strict=True, gt=0, le=10**12, description="millionths measured, above zero")]
Point = Annotated[int, Field(strict=True, ge=0, le=1200, description="a follow-up month")]
ByName = dict[str, Ore]
Group = Annotated[str, Field(max_length=80, description="a subgroup, or nothing"), AfterValidator(impersonal_name)]


def _pseudonym(person: str) -> str:
    # the id itself stays out of the message, which may end in a log
    if looks_like_cpr(person):
        raise ValueError("this id looks like a CPR number: use a pseudonym, and keep its key outside the contract")
    return person


Person = Annotated[str, Field(min_length=1, max_length=120, description="a pseudonym"), AfterValidator(_pseudonym)]


class Event(Frozen):
    """What every event tells.

    version: place in its log, from 1. effective: the day it concerns. recorded: when it was written down,
    with its time zone; the calendar day is read in that zone. by: who recorded it; reason: why, in free
    words.
    """

    topic: ClassVar[str]
    schema_version: ClassVar[int] = 1

    version: Annotated[int, Field(strict=True, ge=1)]
    effective: dt.date
    recorded: AwareDatetime
    by: Text = ""
    reason: Text = ""

    @property
    def log(self) -> str:
        """The id of the contract or fund in whose log the event stands."""
        raise NotImplementedError


class ContractEvent(Event):
    """An event in the log of one contract."""

    contract: Identifier

    @property
    def log(self) -> str:
        return self.contract


class FundEvent(Event):
    """An event in the log of one internal fund."""

    fund: Identifier

    @property
    def log(self) -> str:
        return self.fund


class Signed(ContractEvent):
    """*Kontrakt indgået*: the terms, with start and end dates; it takes effect on the start."""

    topic: ClassVar[str] = "contract.signed"
    schema_version: ClassVar[int] = 2

    kind: Kind
    title: Title
    terms: Terms


class Drawn(ContractEvent):
    """*Tilskud udbetalt*: capital put in, in all and by provider; `account` is the return ceiling's room
    after it.

    A draw of nothing is allowed: it only brings the account up to its day.
    """

    topic: ClassVar[str] = "contract.drawn"

    amount: NaturalOre
    providers: ByName
    account: Ore


class Enrolled(ContractEvent):
    """*Indskrevet*: persons of one subgroup who begin the intervention, by pseudonym.

    statement: with which the enrolments are settled, where the terms count them.
    """

    topic: ClassVar[str] = "contract.enrolled"
    schema_version: ClassVar[int] = 2

    persons: Annotated[tuple[Person, ...], Field(min_length=1)]
    group: Group = ""
    statement: dt.date | None = None


class DroppedOut(ContractEvent):
    """*Frafald*: persons who left the intervention before its end, and why (one of `terms.Leaving`)."""

    topic: ClassVar[str] = "contract.dropped_out"
    schema_version: ClassVar[int] = 2

    persons: Annotated[tuple[Person, ...], Field(min_length=1)]
    why: Leaving = "other"


class Measured(ContractEvent):
    """*Måling*: one whole round of one metric at one follow-up month.

    results: (person, or null for a count; quantity; of how much), in millionths; who failed stands with 0. group: the
    subgroup of a count. statement: the date of the statement with which the results are settled.
    """

    topic: ClassVar[str] = "contract.measured"
    schema_version: ClassVar[int] = 2

    metric: str
    point: Point
    results: Annotated[tuple[tuple[Person | None, Millionths, Denominator], ...], Field(min_length=1)]
    group: Group = ""
    statement: dt.date


class SavingRealised(ContractEvent):
    """*Realiseret gevinst* of the period that ends on the effective date; a loss is negative."""

    topic: ClassVar[str] = "contract.saving_realised"

    metric: str
    amount: Ore
    statement: dt.date


class FactsEvent(ContractEvent):
    """Facts that were stated before, and what has become of them.

    found: the day of the facts, where it is needed to tell them apart (without a follow-up month, and for counts).
    persons: null for a count or a saving. statement: the date of the statement that takes it into account, or null
    when all statements are settled and a supplementary one must.
    """

    metric: str
    point: Point = 0
    found: dt.date | None = None
    group: Group = ""
    persons: Annotated[tuple[Person | None, ...], Field(min_length=1)]
    statement: dt.date | None


class FactsWithdrawn(FactsEvent):
    """*Resultat trukket tilbage* by who stated it: settled as if it had never been."""

    topic: ClassVar[str] = "contract.facts_withdrawn"


class Rejected(FactsEvent):
    """*Resultat afvist* by the verifier: it does not count."""

    topic: ClassVar[str] = "contract.rejected"


class Disputed(FactsEvent):
    """*Indsigelse*: it does not count until it is accepted."""

    topic: ClassVar[str] = "contract.disputed"


class Accepted(FactsEvent):
    """A disputed, rejected or withdrawn result counts after all."""

    topic: ClassVar[str] = "contract.accepted"


class Corrected(ContractEvent):
    """*Korrektion*: results that were stated wrongly, with what they are; the difference is settled.

    results: as in `Measured`; for a saving one result without a person, in øre. found, group, statement: as in
    `FactsEvent`.
    """

    topic: ClassVar[str] = "contract.corrected"

    metric: str
    point: Point = 0
    found: dt.date | None = None
    group: Group = ""
    results: Annotated[tuple[tuple[Person | None, Ore, Denominator], ...], Field(min_length=1)]
    statement: dt.date | None


class Amended(ContractEvent):
    """*Tillægsaftale*: agreed on the effective day, in force from the amendment's own date."""

    topic: ClassVar[str] = "contract.amended"

    amendment: Amendment


class Verified(ContractEvent):
    """*Resultat godkendt*: so many facts, and changes of facts, were found right for the statement of that date."""

    topic: ClassVar[str] = "contract.verified"

    statement: dt.date
    facts: Annotated[int, Field(strict=True, ge=0)]


class Amounts(Frozen):
    """What a settlement found, in øre; only cells that are not zero.

    entitled: to date, by clause. cuts: by limit and column (a clause, `floor` or `guarantee`). paid: now, by
    column. parts: of `paid`, by column and payer. receipts: of `paid`, by provider of capital. lapsed: to
    date, by column. account: what the return ceiling allows after it. paid_in_year: what counts against the
    yearly limit after it.
    """

    entitled: ByName = Field(default_factory=dict)
    cuts: dict[str, ByName] = Field(default_factory=dict)
    paid: ByName = Field(default_factory=dict)
    parts: dict[str, ByName] = Field(default_factory=dict)
    receipts: ByName = Field(default_factory=dict)
    lapsed: ByName = Field(default_factory=dict)
    account: Ore = 0
    paid_in_year: Ore = 0


class Settled(ContractEvent):
    """*Betalingsopgørelse* for the statement of that date: what is due now, from whom, to whom.

    A statement after the last agreed one is supplementary: it settles what was corrected since.
    """

    topic: ClassVar[str] = "contract.settled"

    statement: dt.date
    amounts: Amounts


class Paid(ContractEvent):
    """*Betaling* of a settlement, or of what fell due at the end (`closing`): øre by payer."""

    topic: ClassVar[str] = "contract.paid"

    statement: dt.date
    closing: bool = False
    amounts: Annotated[ByName, Field(min_length=1)]


class Ended(ContractEvent):
    """*Ophør*, `early` when before the agreed end: floor and guarantee fall due, and nothing after."""

    topic: ClassVar[str] = "contract.ended"

    early: bool = False
    amounts: Amounts


class RunOff(ContractEvent):
    """*Ophør med afvikling*: early, and only the follow-ups of those enrolled are still settled."""

    topic: ClassVar[str] = "contract.run_off"


class FundFounded(FundEvent):
    """An internal fund (*investeringspulje*) is founded with a capital."""

    topic: ClassVar[str] = "fund.founded"

    title: Title
    capital: PositiveOre


class FundToppedUp(FundEvent):
    """More capital is put into the fund."""

    topic: ClassVar[str] = "fund.topped_up"

    amount: PositiveOre


class Released(FundEvent):
    """*Udmøntning*: the fund releases money to a contract."""

    topic: ClassVar[str] = "fund.released"

    contract: Identifier
    amount: PositiveOre


class Repaid(FundEvent):
    """*Tilbagebetaling* from a contract; it may exceed what was released."""

    topic: ClassVar[str] = "fund.repaid"

    contract: Identifier
    amount: PositiveOre


class Earned(FundEvent):
    """*Afkast*: what comes from a contract beyond what was released to it: interest, or a gain that goes on."""

    topic: ClassVar[str] = "fund.earned"

    contract: Identifier
    amount: PositiveOre


class WrittenOff(FundEvent):
    """The fund gives up part of what a contract has not repaid; no money moves."""

    topic: ClassVar[str] = "fund.written_off"

    contract: Identifier
    amount: PositiveOre


class FundReturned(FundEvent):
    """Unused capital lapses: the fund gives it back to the treasury, and goes on."""

    topic: ClassVar[str] = "fund.returned"

    amount: PositiveOre


class FundClosed(FundEvent):
    """The fund is closed; `returned` is the capital that goes back to the treasury."""

    topic: ClassVar[str] = "fund.closed"

    returned: NaturalOre


EVENTS: tuple[type[Event], ...] = (
    Signed,
    Drawn,
    Enrolled,
    DroppedOut,
    Measured,
    SavingRealised,
    FactsWithdrawn,
    Rejected,
    Disputed,
    Accepted,
    Corrected,
    Amended,
    Verified,
    Settled,
    Paid,
    Ended,
    RunOff,
    FundFounded,
    FundToppedUp,
    Released,
    Repaid,
    Earned,
    WrittenOff,
    FundReturned,
    FundClosed,
)
