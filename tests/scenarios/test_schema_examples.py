"""Every part of terms, facts, columns, pools and SØM calculations shows in the schema how it may be written."""

import json
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from contracts.clauses import Amount, Clause, Threshold
from contracts.frozen import Frozen, Sourced
from reports.commands.schema import schema_text
from scenarios.contract_files import Agreement, FactsFile
from scenarios.parts import Discounting
from scenarios.pool import PoolScenario
from scenarios.som import Som
from scenarios.tables import Columns


def models() -> dict[str, type[BaseModel]]:
    """All models that a file of terms, facts, columns, a pool or a calculation is made of, by name."""

    def below(model: type[BaseModel]) -> list[type[BaseModel]]:
        return [model, *(each for sub in model.__subclasses__() for each in below(sub))]

    own = ("contracts.", "scenarios.contract_files", "scenarios.pool", "scenarios.som", "scenarios.tables.")
    named = {model.__name__: model for model in below(Frozen) if model.__module__.startswith(own)}
    parts = [Agreement, FactsFile, Columns, PoolScenario, Som]
    shown = {name for part in parts for name in part.model_json_schema().get("$defs", {})} - {Discounting.__name__}
    return {name: named[name] for name in sorted({*shown, *(part.__name__ for part in parts)})}


def exact(value: Any) -> Any:
    """As a file is read: numbers exact."""
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, dict):
        return {key: exact(each) for key, each in value.items()}
    return [exact(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", models())
def test_a_part_shows_an_example_of_its_own_that_holds(name: str) -> None:
    model = models()[name]
    (example,) = model.model_json_schema()["examples"]
    model.model_validate(exact(example))
    with pytest.raises(ValidationError):
        model.model_validate(exact(example) | {"unknown": 1})
    inherited = [
        base.model_config.get("json_schema_extra") for base in model.__mro__[1:-1] if hasattr(base, "model_config")
    ]
    assert model.model_config["json_schema_extra"] not in inherited


@pytest.mark.parametrize("what", ["scenario", "terms"])
def test_the_schema_that_is_printed_has_them(what: str) -> None:
    shown = json.loads(schema_text(what))["$defs"]
    assert shown["UnitPrice"]["examples"][0]["prices"] == {"12": 90000, "24": 180000}
    assert shown["ReturnCeiling"]["examples"]


def test_what_only_groups_others_has_none() -> None:
    for model in (Frozen, Sourced, Clause, Amount, Threshold):
        assert "json_schema_extra" not in model.model_config
