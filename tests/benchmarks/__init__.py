"""Measures of speed and memory; nothing here is a test, and no time is asserted."""

from pathlib import Path

SCENARIO = Path(__file__).with_name("speed.yaml")
