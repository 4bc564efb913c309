"""One module for each subcommand of `effekt`; each has the click command `command`."""
