"""A group of subcommands of which only the one that is called is loaded."""

import difflib
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click


class LazyGroup(click.Group):
    """A group that imports a subcommand's module only when the subcommand is called.

    table: subcommands and their help in short. modules: the module of each, which has it as `command`, or where several
    share one as `<name>_command`.
    """

    def __init__(self, *args: Any, table: Mapping[str, str], modules: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table = table
        self.modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all subcommands, in the order of the table."""
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The subcommand, loaded now; None for an unknown name."""
        if cmd_name not in self.table:
            return None
        module = import_module(self.modules[cmd_name])
        command: click.Command = getattr(module, f"{cmd_name}_command", None) or module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The subcommand that is called; an unknown one is a usage error with a suggestion."""
        if args and not args[0].startswith("-") and args[0] not in self.table:
            close = difflib.get_close_matches(args[0], self.table, n=1)
            hint = f"did you mean '{close[0]}'?" if close else f"known: {', '.join(self.table)}"
            ctx.fail(f"there is no command '{args[0]}'; {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table of subcommands without loading any of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.table.items()))
