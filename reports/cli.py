"""The `effekt` command. Each subcommand is a module of its own and loaded only when it is used.

Exit codes: 0 ok, 1 unexpected, 2 usage or invalid scenario, 3 verification failed, 4 store unavailable, 130
interrupted.
"""

import os
import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from io import StringIO, TextIOWrapper

import click

from .commands.lazy import LazyGroup
from .harmless import harmless

OK, UNEXPECTED, USAGE, UNVERIFIED, NO_STORE, INTERRUPTED = 0, 1, 2, 3, 4, 130

COMMANDS = {
    "scenarios": "List the scenarios and internal pools that come with the program.",
    "check": "Check scenarios, pools and terms, and tell every problem in them.",
    "compare": "Compare a scenario's ways of financing, side by side.",
    "run": "Show one design year by year, or record it as contracts.",
    "pool": "Compare the designs of an internal pool, over its whole life.",
    "settle": "Settle facts under a contract's terms, without recording anything.",
    "contract": "Keep a contract: sign it, record what happens, settle and pay.",
    "som": "Read, write and compare calculations as in SØM.",
    "replay": "Rebuild a recorded contract, and check its payments.",
    "schema": "Print the JSON schema of the files that the program reads.",
    "doctor": "Tell whether this installation is sound.",
}
"""Every subcommand and its help in short; the module `reports.commands.<name>` has the rest."""


MODULES = {name: f"reports.commands.{name}" for name in COMMANDS}


@click.command(cls=LazyGroup, table=COMMANDS, modules=MODULES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="effektkontrakt", message="%(package)s %(version)s")
def effekt() -> None:
    """Compare ways of financing and paying for social investments, seen from a municipality.

    Begin with: effekt compare scenarios/aarhus-unge-hjemloese.yaml
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    _speak_utf8()
    try:
        done = effekt.main(arguments, prog_name="effekt", standalone_mode=False)
        return done if isinstance(done, int) else OK
    except click.ClickException as error:
        told = StringIO()
        error.show(told)
        click.echo(harmless(_masked(told.getvalue())), err=True, nl=False)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except Exception as error:
        return _failed(error)


def _speak_utf8() -> None:
    # a Danish text on a Windows code page would otherwise end in a UnicodeEncodeError
    for stream, errors in ((sys.stdout, "replace"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, TextIOWrapper):
            with suppress(ValueError, OSError):
                stream.reconfigure(encoding="utf-8", errors=errors)


def _failed(error: Exception) -> int:
    if os.environ.get("EFFEKT_DEBUG") == "1":
        import traceback

        traceback.print_exc()
    code = _code(error)
    if code != UNEXPECTED:
        click.echo(harmless(_masked(str(error))), err=True)
        return code
    told = harmless(_masked(" ".join(str(error).split()))) or "no message"
    click.echo(f"effekt: unexpected {type(error).__name__}: {told}", err=True)
    if os.environ.get("EFFEKT_DEBUG") != "1":
        click.echo("Set EFFEKT_DEBUG=1 to see where; please report it with the scenario file.", err=True)
    return code


def _masked(text: str) -> str:
    """A message without CPR numbers, which somebody may have typed; it may end in a log."""
    if text.isascii() and not re.search(r"\d{4}", text):  # at once, without loading what it takes
        return text
    from contracts.privacy import masked

    return masked(text)


def _code(error: Exception) -> int:
    """The exit code of an error, by the name of its class: importing the classes here would cost every start."""
    names = {f"{each.__module__}.{each.__qualname__}" for each in type(error).__mro__}
    for name, code in _CODES.items():
        if name in names:
            return code
    return UNEXPECTED


_CODES = {
    "scenarios.loading.LoadError": USAGE,
    "contracts.aggregate.Refused": USAGE,
    "simulations.som_export.NoSuccess": USAGE,
    "contracts.register.NotFound": USAGE,
    "contracts.register.Conflict": USAGE,
    "contracts.register.StoreUnavailable": NO_STORE,
    "builtins.OverflowError": USAGE,  # settlement says which amounts are too large to add
    "contracts.encoding.BrokenLog": UNVERIFIED,
}

if __name__ == "__main__":
    sys.exit(main())
