"""Settlement once more, for one contract, in plain loops over fractions: what the array code must agree with.

It follows the rules as contracts.clauses, contracts.limits, contracts.terms and contracts.settlement document them, and
shares no code with the settlement. Amounts are whole øre; what is nothing is left out of a result's dictionaries.
"""

from .earning import Fact, Line, due_day, rounded
from .paying import Settled, Settlement, growth, settle, simple_growth

__all__ = ["Fact", "Line", "Settled", "Settlement", "due_day", "growth", "rounded", "settle", "simple_growth"]
