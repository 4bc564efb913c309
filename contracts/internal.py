"""`InternalFundContract`: a contract whose capital comes from the municipality's own funds
(*investeringspuljer*).

The machine is `lifecycle`; here stand only the rules of its own. The `InternalFund` that lends is in `fund`.
"""

from collections.abc import Iterator

from .fund import InternalFund
from .lifecycle import contract, payers_of
from .problems import Finding
from .terms import Terms

__all__ = ["InternalFund", "InternalFundContract"]


def rules(terms: Terms) -> Iterator[Finding]:
    """What such a contract may not agree."""
    payers = payers_of(terms)
    for name in terms.capital:
        if name in payers:
            yield Finding(
                f"expected payers other than the funds, found '{name}' on both sides",
                ("capital", name),
                "name the department that repays the fund",
            )


InternalFundContract = contract("internal_fund", rules)
