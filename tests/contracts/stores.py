"""Looking into a store, and changing it, behind the register's back."""

import sqlite3
from pathlib import Path
from typing import Any


def rewrite(path: Path, statement: str, *values: object) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement, values)
    connection.commit()
    connection.close()


def stored_events(path: Path) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT * FROM stored_events ORDER BY rowid").fetchall()
    connection.close()
    return rows
