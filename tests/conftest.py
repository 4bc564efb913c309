"""Settings for every test: hypothesis profiles, and skips that fail where nothing may be skipped."""

import os
from collections.abc import Generator

import pytest
from hypothesis import settings


def _is_set(name: str) -> bool:
    return os.environ.get(name, "").lower() not in ("", "0", "false")


# Named parents: without one, a profile would inherit what hypothesis itself guessed from the machine.
plain = settings.get_profile("default")
settings.register_profile("default", plain, deadline=None)
settings.register_profile("ci", plain, deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if _is_set("CI") else "default")


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if _is_set("EFFEKT_NO_SKIP") and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{reason} (EFFEKT_NO_SKIP is set: nothing may be skipped)"


# Outermost, since pytest's own wrapper is what marks an expected failure as one.
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse_skip(report)
    return report
