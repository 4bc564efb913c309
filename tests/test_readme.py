"""What the README says, works: its commands run, and the output it shows is what they print."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)


def effekt(line: str, folder: Path) -> str:
    command, *arguments = shlex.split(line)
    assert command == "effekt"
    settings = {"EFFEKT_STORE": str(folder / "store.db"), "PYTHONPATH": str(ROOT), "COLUMNS": "120"}
    done = subprocess.run(
        [sys.executable, "-m", "reports.cli", *arguments],
        cwd=folder,
        env=os.environ | settings,
        capture_output=True,
        encoding="utf-8",
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_commands_run_one_after_the_other_and_print_what_is_shown(tmp_path: Path) -> None:
    for folder in ("scenarios", "docs"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    printed = [effekt(line, tmp_path) for block in blocks("sh") for line in block.splitlines()]
    (shown,) = blocks("text")
    assert printed[0].startswith(shown.rstrip("\n"))


def test_the_python_calls_run(tmp_path: Path) -> None:
    (calls,) = blocks("python")
    done = subprocess.run([sys.executable, "-c", calls], cwd=ROOT, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr


def test_every_file_that_is_linked_is_there() -> None:
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
