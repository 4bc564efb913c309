"""What a design's flows are, shown on a scenario small enough to count by hand."""

from typing import Any

import numpy as np
import pytest

from contracts.ledger import Account
from scenarios import Scenario, library, load
from simulations.designs import Played, play
from simulations.draws import Draws
from simulations.run import simulate
from simulations.setup import prepare
from simulations.world import Block

STATED = {
    "kind": "stated",
    "states": ["shelter", "housed"],
    "stated": [{"citizens": 2, "with": {"2022-07-01": "housed"}}],
}


def scenario(**changed: Any) -> Scenario:
    """Two citizens for three years; with the intervention both leave the shelter after half a year."""
    tree: dict[str, Any] = {
        "title": "Two citizens",
        "municipality": "0000",
        "start": "2022-01-01",
        "horizon_years": 3,
        "target_group": {"citizens": 2, "intake": {"per_month": 2}},
        "intervention": {
            "months": 10,
            "costs": {
                "cost_clock": "citizen",
                "per_citizen": {"at_start": 5000, "per_month": 1000},
                "committee": "social",
            },
        },
        "domains": {"housing": STATED},
        "economy": {
            "shelter": {
                "domain": "housing",
                "state": "shelter",
                "gross_per_month": 10_000,
                "committee": "social",
                "class": "service",
                "refusion": 0.5,
            }
        },
        "measures": {"saving": {"kind": "saving"}},
        "parties": {"DSI": {"role": "investor"}, "Puljen": {"role": "fund", "in_purse": True}},
        "designs": {"own": {"kind": "ordinary_budget"}},
    }
    return Scenario.model_validate(tree | changed)


def contract(capital: dict[str, Any], **more: Any) -> dict[str, Any]:
    gain = {"kind": "savings_share", "tiers": [{"share": 0.5}], "payers": {"municipality": 1}}
    return {"capital": capital, "clauses": {"gain": gain}} | more


def played(found: Scenario, design: str, rows: int = 1) -> Played:
    return play(Block(prepare(found), Draws(1, 0, found.target_group.citizens, rows)), design)


def by_year(one: Played, what: str) -> list[float]:
    """Kroner by year of the postings with a name, in the first replication."""
    return (sum(p.amount[0] for p in one.postings if p.what == what) / 100).tolist()


def test_a_citizen_costs_a_start_and_every_month_begun() -> None:
    assert by_year(played(scenario(), "own"), "intervention") == [2 * (5000 + 10 * 1000), 0, 0]


def test_an_average_place_that_is_left_releases_its_price_and_loses_its_refusion() -> None:
    one = played(scenario(), "own")
    assert by_year(one, "saving:shelter") == [2 * 6 * 10_000, 2 * 12 * 10_000, 2 * 12 * 10_000]
    assert by_year(one, "refusion:shelter") == [2 * 6 * 5_000, 2 * 12 * 5_000, 2 * 12 * 5_000]


@pytest.mark.parametrize(("ceiling", "room"), [("net", 5_000), ("gross", 10_000), ("outside", 0)])
def test_a_line_counts_gross_net_or_not_at_all_under_the_service_ceiling(ceiling: str, room: int) -> None:
    tree = scenario().model_dump(by_alias=True)
    tree["economy"]["shelter"]["ceiling"] = ceiling
    result = simulate(Scenario.model_validate(tree), 1, 1).designs["own"]
    assert (result.service_room[0] / 100).tolist() == [2 * 6 * room - 30_000, 2 * 12 * room, 2 * 12 * room]


def test_the_transaction_cost_falls_in_the_first_year() -> None:
    found = scenario(designs={"own": {"kind": "ordinary_budget", "transaction_cost": 70_000}})
    assert by_year(played(found, "own"), "transaction") == [70_000, 0, 0]


def test_a_closed_intervention_costs_and_draws_no_more() -> None:
    tree = scenario().model_dump(by_alias=True)
    tree["intervention"]["costs"] |= {"cost_clock": "contract", "per_citizen": None}
    tree["intervention"]["costs"]["amounts"] = {0: 100, 12: 100, 24: 100, 36: 100}
    agreed = contract({"DSI": 1}, draws={0: 50, 12: 50, 24: 50, 36: 50})
    tree["designs"] = {"grant": {"kind": "external_investor", "contract": agreed, "yearly_closure_risk": 0.5}}
    one = played(Scenario.model_validate(tree), "grant", rows=200)
    closes = one.world.closes
    due = np.array([0, 359, 719, 1079])[:, None] < closes
    cost, drawn = (sum(p.amount for p in one.postings if p.what == what) for what in ("intervention", "capital"))
    assert (cost.sum(axis=1) == 100_00 * due.sum(axis=0)).all()
    assert (drawn.sum(axis=1) == 50_00 * due.sum(axis=0)).all()
    assert 0 < np.count_nonzero(closes < 359) < 200


def test_a_supplier_pays_while_its_loan_runs_and_the_municipality_the_rest() -> None:
    tree = scenario().model_dump(by_alias=True)
    agreed = contract({"DSI": 1}, end="2022-06-30")
    tree["designs"] = {"loan": {"kind": "external_investor", "capital_to": "supplier", "contract": agreed}}
    one = played(Scenario.model_validate(tree), "loan")
    paid = {p.giver.party: p.amount.sum() // 100 for p in one.postings if p.what == "intervention"}
    assert paid == {"supplier": 2 * (5000 + 6 * 1000), "municipality": 2 * 4 * 1000}


def test_money_from_and_to_the_own_fund_is_financing() -> None:
    found = scenario(designs={"both": {"kind": "external_investor", "contract": contract({"DSI": 0.5, "Puljen": 0.5})}})
    one = played(found, "both")
    own = Account("municipality", "social", "financing", False)
    capital = {p.giver.party: p.receiver for p in one.postings if p.what == "capital"}
    assert capital["Puljen"] == own
    assert capital["DSI"].under_ceiling
    paid = {p.giver: p.amount.sum() for p in one.postings if p.what == "payment:gain"}
    assert paid[own] == sum(paid.values()) // 2


def test_independent_lives_have_the_same_means_and_another_spread() -> None:
    found = load(library()["aarhus-unge-hjemloese"])
    keyed, independent = (
        simulate(found, 2000, 5, designs=["ordinary_budget"], coupling=coupling).designs["ordinary_budget"]
        for coupling in ("keyed", "independent")
    )
    a, b = keyed.net.sum(axis=1) / 100, independent.net.sum(axis=1) / 100
    assert abs(a.mean() - b.mean()) < 4 * np.sqrt((a.var() + b.var()) / 2000)
    assert b.std() > 1.2 * a.std()


def test_a_clause_named_like_the_guarantee_is_not_a_guarantors_payment() -> None:
    fee = {"kind": "scheduled", "amounts": {2022: 30_000}, "payers": {"municipality": 1}}
    agreed = contract({"DSI": 1}, clauses={"guarantee fee": fee})
    found = scenario(designs={"grant": {"kind": "external_investor", "contract": agreed}})
    result = simulate(found, 2, 1).designs["grant"]
    assert result.paid.tolist() == [30_000_00, 30_000_00]
    assert not result.guaranteed.any()
