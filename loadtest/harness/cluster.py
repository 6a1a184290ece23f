"""The command line of `loadtest/cluster`."""

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from harness import machine
from harness.crowd import Crowd, Result, gather
from harness.figures import Value, per
from harness.processes import Processes, Stopped, Trouble, stop_on_signals
from harness.rounds import tell
from harness.servers import BROKERS, BUILD, Programs
from harness.tables import NOTHING, Format, Table, cell, count, kilobytes, milliseconds, percent, plain

CLASSES = ("latest", "delta", "event")
COUNTS = ("connected", "delivered", "conflated", "gaps", "toldGaps", "repeats", "reorders")
HOW = """\
Where a line has two ends, it is the median of the processes (smallest to largest); latencies, too: each generator has
its own. The delivered share counts what arrived until ten seconds after the last publication, and messages that were
conflated into a newer one. Everything runs on this one machine, clients included: what it can't keep up with here says
little about a cluster of several."""


def parse(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="loadtest/cluster",
        description="100,000 clients on this machine, with a broker and as many edge nodes as they need.",
        epilog=HOW,
    )
    add = parser.add_argument
    add("--clients", type=int, default=100_000, metavar="N", help="in total (100,000)")
    add("--minutes", type=float, default=3, metavar="M", help="measured at each rate (3)")
    add("--rates", default="1,10", metavar="R,R", help="messages/s to each client, in turn (1,10)")
    add("--broker", choices=BROKERS, default="nats", help="between the publisher and the nodes (nats)")
    add("--streams", type=int, default=100, metavar="N", help="each client has one of them (100)")
    add("--bytes", type=int, default=400, metavar="N", help="of a message's data (400)")
    add("--class", dest="kind", choices=CLASSES, default="latest", help="of the streams (latest)")
    add("--json", type=Path, metavar="FILE", help="also as JSON")
    add("--build", type=Path, default=BUILD, metavar="FOLDER", help="with the programs (.build/release)")
    options = parser.parse_args(words)
    try:
        options.rates = [int(word) for word in options.rates.split(",")]
    except ValueError:
        parser.error("--rates takes whole numbers with commas between: 1,10")
    if options.clients < 1 or options.minutes <= 0 or options.streams < 1 or min(options.rates) < 1:
        parser.error("clients, minutes, rates and streams must be more than 0")
    return options


def main(words: list[str]) -> int:
    options = parse(words)
    stop_on_signals()
    try:
        return run(options)
    except Trouble as trouble:
        tell(f"cluster: {trouble}")
        return 1
    except Stopped as stopped:
        tell(f"cluster: stopped by {stopped}; all that it started has ended")
        return 130


def run(options: argparse.Namespace) -> int:
    programs = Programs(options.build.resolve())
    for name in ("loadtest", "edge-node"):
        programs.find(name)
    limits = machine.read_limits()
    processes_needed = machine.processes_for(options.clients, limits.descriptors)
    each = -(-options.clients // processes_needed)
    problems = machine.shortcomings(limits, options.clients, each, len(options.rates))
    if problems:
        raise Trouble("this machine won't do:\n" + "\n".join(f"- {problem}" for problem in problems))
    tell(
        f"{options.clients:,} clients, {processes_needed} edge nodes with up to {each:,} each (a process may have "
        f"{limits.descriptors:,} descriptors), {options.broker} between; load average before: {os.getloadavg()[0]:.2f}"
    )
    results: list[Result] = []
    try:
        with Processes() as processes:
            for rate in options.rates:
                # Nodes of their own for each rate, on other ports: those of the last clients are not free yet.
                crowd = Crowd(
                    clients=options.clients,
                    processes=processes_needed,
                    streams=options.streams,
                    rate=rate,
                    seconds=max(1, round(options.minutes * 60)),
                    bytes=options.bytes,
                    kind=options.kind,
                    broker=options.broker,
                )
                results.append(gather(processes, programs, crowd, tell))
    finally:
        if results:
            print(f"\n{table(results).text()}\n\n{HOW}", flush=True)
            if options.json:
                options.json.write_text(json.dumps([summary(result) for result in results], indent=1) + "\n")
    return 0


def table(results: list[Result]) -> Table:
    crowd = results[0].crowd
    title = (
        f"{crowd.clients:,} clients of {crowd.processes} edge nodes on one machine with {os.cpu_count()} cores, "
        f"{crowd.broker}, {crowd.streams} streams of class {crowd.kind}, {crowd.bytes} bytes, {crowd.seconds} s each"
    )
    columns = [f"{result.crowd.rate}/s to each" for result in results]
    rows = [(name, [line(result) for result in results]) for name, line in LINES.items()]
    return Table(title, columns, rows)


def used(result: Result, prefix: str) -> list[Value]:
    return [member.cpu_share for member in result.members if member.name.startswith(prefix)]


def memory(result: Result, prefix: str) -> list[Value]:
    return [member.memory_per_connection for member in result.members if member.name.startswith(prefix)]


def closed(result: Result) -> str:
    return ", ".join(f"{code}: {number:,}" for code, number in sorted(result.closed.items())) or "0"


def one(value: Value, form: Format = plain) -> str:
    return NOTHING if value is None else form(value)


LINES: dict[str, Callable[[Result], str]] = {
    "connected": lambda result: f"{result.total('connected'):,}",
    "all subscribed after, s": lambda result: plain(result.connect_seconds),
    "deliveries expected": lambda result: count(round(result.expected)),
    "delivered": lambda result: count(result.total("delivered")),
    "conflated into others": lambda result: count(result.total("conflated")),
    "share delivered": lambda result: one(result.share, percent),
    "deliveries/s": lambda result: one(per(result.total("delivered"), result.crowd.seconds)),
    "gaps told to clients": lambda result: count(result.total("toldGaps")),
    "gaps that nobody told": lambda result: count(result.total("gaps")),
    "repeats and reorders": lambda result: count(result.total("repeats") + result.total("reorders")),
    "closed by the nodes, by code": closed,
    "latency p50, ms": lambda result: cell(result.latency("p50"), milliseconds),
    "latency p99, ms": lambda result: cell(result.latency("p99"), milliseconds),
    "latency p99.9, ms": lambda result: cell(result.latency("p999"), milliseconds),
    "edge node: KB per connection": lambda result: cell(memory(result, "edge-node"), kilobytes),
    "generator: KB per connection": lambda result: cell(memory(result, "clients"), kilobytes),
    "edge node: share of a core": lambda result: cell(used(result, "edge-node"), percent),
    "generator: share of a core": lambda result: cell(used(result, "clients"), percent),
    "broker: share of a core": lambda result: cell(used(result, "nats-broker") + used(result, "redis"), percent),
    "other programs: share of the machine": lambda result: percent(result.disturbance.others),
    "taken by the machine's host": lambda result: percent(result.disturbance.steal),
}


def summary(result: Result) -> dict[str, Any]:
    return {
        "clients": result.crowd.clients,
        "rate": result.crowd.rate,
        "seconds": result.crowd.seconds,
        "broker": result.crowd.broker,
        "connectSeconds": result.connect_seconds,
        "expected": result.expected,
        "share": result.share,
        "closed": result.closed,
        "totals": {name: result.total(name) for name in COUNTS},
        "processes": [
            {"name": one.name, "cpuShare": one.cpu_share, "memoryPerConnection": one.memory_per_connection}
            for one in result.members
        ],
        "publisher": dict(result.publisher),
        "readers": [dict(report) for report in result.readers],
        "otherPrograms": result.disturbance.others,
        "steal": result.disturbance.steal,
    }
