"""The base of all data that is agreed or has happened, and of data that says where its numbers come from."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from .problems import Finding, refuse
from .values import Text


def example(**given: Any) -> ConfigDict:
    """The configuration of a model whose schema shows how it may be written; numbers are as in a file."""
    return ConfigDict(json_schema_extra={"examples": [given]})


class Frozen(BaseModel):
    """Base of all data that is agreed or has happened: immutable, and unknown keys are refused.

    Errors do not repeat what was given, which may be personal.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Sourced(Frozen):
    """Data that says where its numbers come from: published (P), derived by arithmetic (D) or assumed (A).

    What has no mark is an assumption; P and D need a source. `assumed` names keys whose
    numbers are assumed all the same.
    """

    mark: Annotated[Literal["P", "D", "A"], Field(description="P published, D derived, A assumed")] = "A"
    source: Annotated[Text | None, Field(description="key of a source, or where the number was read")] = None
    assumed: Annotated[tuple[str, ...], Field(description="keys of this item whose numbers are assumed")] = ()
    note: Text | None = None

    @model_validator(mode="after")
    def _source_given(self) -> Self:
        if self.mark != "A" and not self.source:
            refuse(Finding(f"the mark {self.mark} needs a source", ("mark",), "add source:, or mark it A (assumed)"))
        for number, name in enumerate(self.assumed):
            if name not in _keys(self):
                known = ", ".join(sorted(_keys(self)))
                refuse(Finding(f"this item has no key '{name}'", ("assumed", number), f"known: {known}"))
        return self


def _keys(value: object) -> set[str]:
    """The keys that are stated in an item, at any depth."""
    if isinstance(value, BaseModel):
        names = {name: getattr(value, name) for name in value.model_fields_set}
        return set(names).union(*map(_keys, names.values()))
    if isinstance(value, dict | tuple):
        inner = value.values() if isinstance(value, dict) else value
        return set().union(*map(_keys, inner))
    return set()
