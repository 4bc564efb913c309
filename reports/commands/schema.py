"""`effekt schema`: the JSON schema of scenario files, for editors that complete and check YAML."""

import click

from reports.output import check_target, deliver


@click.command("schema")
@click.option("-o", "--output", "target", metavar="FILE", help="Write to a new file, not the screen.")
@click.option("--force", is_flag=True, help="Let -o overwrite a file.")
def command(target: str | None, force: bool) -> None:
    """Print the JSON schema of scenario files.

    An editor that knows YAML schemas then completes keys and shows what they mean. The first line of a scenario file
    names the schema: # yaml-language-server: $schema=./scenario.schema.json
    """
    check_target(target, force)
    deliver(schema_text(), target, force)


def schema_text() -> str:
    """The schema as JSON, ending with a line break; kept in the repository as scenarios/scenario.schema.json."""
    import json

    from scenarios import Scenario

    schema = Scenario.model_json_schema(by_alias=True)
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
