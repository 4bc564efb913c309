"""`ExternalInvestorContract`: a contract (*social effektinvestering*) whose capital comes from outside
investors.

The machine is `lifecycle`; here stand only the rules of its own. A guarantee is allowed.
"""

from collections.abc import Iterator

from .lifecycle import contract, payers_of
from .problems import Finding
from .terms import Terms


def rules(terms: Terms) -> Iterator[Finding]:
    """What such a contract may not agree."""
    payers = payers_of(terms)
    if payers and all(provider in payers for provider in terms.capital):
        found = ", ".join(terms.capital)
        yield Finding(
            f"expected a provider of capital who is not also a payer, found {found}",
            ("capital",),
            "without an outside investor, sign it as an internal fund's contract",
        )


ExternalInvestorContract = contract("external_investor", rules)
