"""Everything that faces a person.

Where things are: `comparison`, `frames`, `key_figures` and `break_even` are the numbers; `cli` and `commands` the
`effekt` command, `terminal` its pages, `texts` and `numbers` its words and digits in Danish and English; `notebooks`
for meetings.

`compare` and `Comparison` come from `reports.comparison` when first asked for, so that the command line starts fast.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .comparison import Comparison, compare

__all__ = ["Comparison", "compare"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import comparison

    return getattr(comparison, name)
