"""The command line of `loadtest/compare`."""

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from harness import machine, scenarios
from harness.figures import spread
from harness.measuring import Bench
from harness.processes import Processes, Stopped, Trouble, stop_on_signals
from harness.rounds import Outcome, tell
from harness.scenarios import Plan
from harness.servers import BUILD, STARTS, Programs, missing
from harness.slow import slow
from harness.tables import percent, spread_text

SCENARIOS: dict[str, Callable[[Bench, Plan], Outcome]] = {
    "hot": scenarios.hot,
    "idle": scenarios.idle,
    "coalesce": scenarios.coalesce,
    "many": scenarios.many,
    "slow": slow,
}
LARGEST = {"hot": 2000, "idle": 10_000, "coalesce": 200, "many": 2000, "slow": 500}
# Of the machine's time: beyond it latencies tell more about the machine than about the server.
BUSY = 0.05
HOW = """\
The server runs on a core of its own, the load and its publisher on the others, in turn and in several rounds. Read
the ratios: on another machine, or at another hour, the figures differ and the ratios hardly. CPU is that of all the
server's threads from just before the first message to just after the last. nats-server and nchan are broker and edge
in one. Our edge node has its broker in a process of its own, which runs beside the load and is NOT counted. It gets one
message per publication, whatever the number of clients."""


def parse(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="loadtest/compare",
        description="The edge node, nats-server, nginx with nchan, and a bare loop of sends at the same work.",
        epilog=HOW,
    )
    add = parser.add_argument
    add("--only", choices=SCENARIOS, nargs="+", action="extend", help="these scenarios; else all of them")
    others = ["floor", *STARTS]
    add("--against", choices=others, nargs="*", help="the edge node and these; without names the edge node alone")
    add("--rounds", type=positive, default=3, metavar="N", help="of each (3)")
    add("--seconds", type=float, default=5, metavar="S", help="measured in each run (5)")
    add("--clients", type=positive, metavar="N", help="instead of each scenario's own number")
    add("--json", type=Path, metavar="FILE", help="all runs as JSON; - is standard output")
    add("--build", type=Path, default=BUILD, metavar="FOLDER", help="with the programs (.build/release)")
    return parser.parse_args(words)


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def main(words: list[str]) -> int:
    options = parse(words)
    stop_on_signals()
    out = sys.stderr if str(options.json) == "-" else sys.stdout
    try:
        return run(options, out)
    except Trouble as trouble:
        tell(f"compare: {trouble}")
        return 1
    except Stopped as stopped:
        tell(f"compare: stopped by {stopped}; all that it started has ended")
        return 130


def run(options: argparse.Namespace, out: TextIO) -> int:
    names = [name for name in SCENARIOS if not options.only or name in options.only]
    programs = Programs(options.build.resolve())
    for name in ("loadtest", "edge-node"):
        programs.find(name)
    largest = options.clients or max(LARGEST[name] for name in names)
    for problem in machine.shortcomings(machine.read_limits(), largest, largest):
        raise Trouble(problem)
    wanted = ["floor", *STARTS] if options.against is None else ["tidegate", *options.against]
    contestants = [name for name in wanted if name == "floor" or not is_missing(name)]
    plan = Plan(options.rounds, options.seconds, contestants, options.clients)
    cores = machine.cores()
    tell(f"server on core {cores.server[0]}, load on {cores.load}; load average before: {os.getloadavg()[0]:.2f}")
    outcomes: dict[str, Outcome] = {}
    try:
        with Processes() as processes:
            for name in names:
                outcomes[name] = SCENARIOS[name](Bench(processes, programs, cores), plan)
                print(f"\n## {name}\n\n{outcomes[name].text()}", file=out, flush=True)
    finally:
        # What was measured is kept, also when a later scenario failed.
        if options.json and outcomes:
            write(options.json, options, outcomes)
    print(f"\n{HOW}\n\n{quietness(outcomes)}", file=out)
    return 0


def is_missing(name: str) -> bool:
    problem = missing(name)
    if problem:
        tell(f"without {name}: {problem}")
    return problem is not None


def quietness(outcomes: dict[str, Outcome]) -> str:
    runs = [run for outcome in outcomes.values() for runs in outcome.runs.values() for run in runs if run]
    others = spread(run.disturbance.others for run in runs)
    steal = spread(run.disturbance.steal for run in runs)
    if not others or not steal:
        return "Nothing was measured."
    words = (
        f"While it measured, other programs took {spread_text(others, percent)} of the machine's time, and its host "
        f"{spread_text(steal, percent)}."
    )
    if others.median > BUSY or steal.median > BUSY:
        words += " That is too much: latency and deliveries/s are of a busy machine, and even ratios may be off."
    return words


def write(path: Path, options: argparse.Namespace, outcomes: dict[str, Outcome]) -> None:
    report = {
        "rounds": options.rounds,
        "seconds": options.seconds,
        "scenarios": {name: outcome.summary() for name, outcome in outcomes.items()},
    }
    text = json.dumps(report, indent=1)
    if str(path) == "-":
        print(text)
    else:
        path.write_text(text + "\n")
