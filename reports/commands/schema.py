"""`effekt schema`: the JSON schemas of the files that the program reads, for editors that complete and check YAML."""

import click

from reports.output import check_target, deliver

FILES = ("scenario", "terms", "facts", "columns", "pool", "som")


@click.command("schema")
@click.argument("what", metavar=f"[{'|'.join(FILES)}]", type=click.Choice(FILES), default="scenario")
@click.option("-o", "--output", "target", metavar="FILE", help="Write to a new file, not the screen.")
@click.option("--force", is_flag=True, help="Let -o overwrite a file.")
def command(what: str, target: str | None, force: bool) -> None:
    """Print the JSON schema of the files that the program reads.

    A scenario (the default), the terms of a contract, the facts that are stated of it, what the columns of a table
    mean, an internal pool, or a calculation as in SØM. An editor that knows YAML schemas then completes keys and shows
    what they mean. The first line of a file names its schema:
    # yaml-language-server: $schema=./scenario.schema.json
    """
    check_target(target, force)
    deliver(schema_text() if what == "scenario" else schema_text(what), target, force)


def schema_text(what: str = "scenario") -> str:
    """The schema as JSON, ending with a line break; scenarios/ keeps those of a scenario and a pool."""
    import json

    from pydantic import BaseModel

    model: type[BaseModel]
    if what == "scenario":
        from scenarios import Scenario as model
    elif what == "terms":
        from scenarios.contract_files import Agreement as model
    elif what == "facts":
        from scenarios.contract_files import FactsFile as model
    elif what == "pool":
        from scenarios.pool import PoolScenario as model
    elif what == "som":
        from scenarios.som import Som as model
    else:
        from scenarios.tables import Columns as model
    schema = model.model_json_schema(by_alias=True)
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
