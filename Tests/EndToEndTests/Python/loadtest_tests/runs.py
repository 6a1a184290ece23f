"""Runs as tests make them up."""

from harness.machine import Disturbance
from harness.measuring import Run


def run(
    cpu: float = 1.0, seconds: float = 5.0, memory: tuple[int, int, int, int] = (0, 0, 0, 0), **report: object
) -> Run:
    return Run(cpu, seconds, report, Disturbance(0.01, 0.0), *memory)
