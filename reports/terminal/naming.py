"""What a contract's clauses, metrics, limits and parties are called on the screen."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from contracts.agreed import ENROLLED, RESERVED, metrics_of
from contracts.terms import Terms
from reports.texts import Language, names, say, word

_AMENDED = re.compile(r"(.+) (\d{4}-\d\d-\d\d)")


@dataclass(frozen=True)
class Called:
    """Names in a language: of clauses and metrics either all as in the texts, or all as the contract writes them."""

    lang: Language
    clauses: Mapping[str, str]
    metrics: Mapping[str, str]

    def column(self, column: str) -> str:
        """A column of a payment statement: a clause, one that an amendment replaced, the floor or a guarantee."""
        if column in RESERVED:
            return say(self.lang, f"column.{column.replace(' ', '_')}")
        amended = _AMENDED.fullmatch(column)
        if amended and column not in self.clauses:
            return say(self.lang, "settle.amended", clause=self.column(amended[1]), date=amended[2])
        return self.clauses.get(column, column)

    def metric(self, metric: str) -> str:
        """What is measured."""
        return self.metrics.get(metric, metric)

    def party(self, party: str) -> str:
        """Who pays or receives."""
        return word(self.lang, "party", party)

    def limit(self, limit: str) -> str:
        """A limit, by its kind."""
        return word(self.lang, "limit", limit)


def called_in(terms: Terms, lang: Language) -> Called:
    """The names of everything in a contract's terms, with those of its amendments."""
    clauses = dict.fromkeys(name for _, agreed in terms.clause_paths() for name in agreed)
    own = [metric for metric in metrics_of(terms) if metric != ENROLLED]
    metrics = names(lang, "measure", own) | {ENROLLED: say(lang, f"measure.{ENROLLED}")}
    return Called(lang, names(lang, "column", clauses), metrics)
