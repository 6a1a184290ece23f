"""What `loadtest/compare` measures, one function for each of the five aims."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from harness.figures import best, per, ratios
from harness.generator import Option
from harness.measuring import Bench, Run
from harness.rounds import Aim, Line, Outcome, Runs, Step, figures_table, play, values
from harness.sustained import Sustained
from harness.tables import Table, cell, count, kilobytes, megabytes, milliseconds, percent

OURS = "tidegate"
P99_SUSTAINED = 20_000
P99_MANY = 50_000

LATENCY = [
    Line("latency p50, ms", lambda run: run.latency("p50"), milliseconds),
    Line("latency p99, ms", lambda run: run.latency("p99"), milliseconds),
    Line("latency p99.9, ms", lambda run: run.latency("p999"), milliseconds),
]
CPU = Line("server CPU per message, us", lambda run: run.cpu_per_message)
DELIVERIES = Line("deliveries/s", lambda run: run.deliveries_per_second)
PER_CPU_SECOND = Line("deliveries per second of server CPU", lambda run: run.deliveries_per_cpu_second)
SHARE = Line("share delivered", lambda run: run.report.get("share"), percent)
# As the node has counted them: a client whose socket is full doesn't get to hear a code.
CONFLATED = Line("messages conflated into newer ones", lambda run: run.node("messages_conflated"), count)
CLOSED = Line("clients closed as too slow (4008)", lambda run: run.node("slow_consumers_closed"), count)
SHARE_OF_CORE = Line("share of the server's core", lambda run: run.core_share, percent)
# Near 100% the clients are what is measured.
CLIENTS = Line("share of a core that the clients took", lambda run: run.clients_share, percent)
INTACT = [
    Line("gaps told to clients", lambda run: run.count("toldGaps"), count),
    Line("gaps that nobody told", lambda run: run.count("gaps"), count),
    Line("repeats and reorders", lambda run: run.count("repeats") + run.count("reorders"), count),
]


def ladder(run: Run) -> int:
    """What the node did about clients that are too slow."""
    return run.node("messages_conflated") + run.node("slow_consumers_closed")


@dataclass(frozen=True)
class Plan:
    """What the command line asks for. None: as the scenario has it."""

    rounds: int
    seconds: float
    contestants: list[str]
    clients: int | None = None

    def present(self, *names: str) -> list[str]:
        return [name for name in names if name in self.contestants]


def ratio_table(
    title: str, runs: Runs, ours: str, rivals: Mapping[str, str], lines: list[Line], largest: bool
) -> Table:
    """Of `ours` by each rival (a column's title and its runs), and by the best peer where there are several."""
    peers = [name for title, name in rivals.items() if title != "floor"]
    rows = []
    for line in lines:
        mine = values(runs[ours], line.figure)
        cells = [cell(ratios(mine, values(runs[name], line.figure))) for name in rivals.values()]
        if len(peers) > 1:
            theirs = best([values(runs[name], line.figure) for name in peers], largest)
            cells.append(cell(ratios(mine, theirs)))
        rows.append((line.title, cells))
    columns = [*rivals, "the best peer"] if len(peers) > 1 else list(rivals)
    return Table(title, columns, rows)


def hot(bench: Bench, plan: Plan) -> Outcome:
    clients, rate = plan.clients or 2000, 25
    load: dict[str, Option] = {"clients": clients, "bytes": 400, "seconds": plan.seconds}
    names, peers = plan.present("floor", OURS, "nats", "nchan"), plan.present("nats", "nchan")

    def step(name: str, label: str, rate: int) -> Step:
        return Step(label, lambda: bench.run(name, "hot", {**load, "rate": rate}))

    steps = [step(name, name, rate) for name in names]
    full = {name: f"{name}, saturated" for name in names if name != "floor"}
    steps += [step(name, label, 0) for name, label in full.items()]
    runs = play("hot", steps, plan.rounds)
    tables = [
        figures_table(
            f"One stream to {clients:,} clients, 400 bytes, {rate} messages/s to each: median of {plan.rounds} "
            "(smallest to largest)",
            runs,
            names,
            [CPU, *LATENCY, SHARE_OF_CORE, SHARE, *INTACT],
        ),
        figures_table(
            "The same as fast as it goes, one message in flight",
            runs,
            list(full.values()),
            [DELIVERIES, CPU, SHARE_OF_CORE, CLIENTS, *LATENCY[:2], *INTACT],
        ),
    ]
    notes = crowded(runs, names, rate)
    if OURS not in names:
        return Outcome(runs, tables, notes=notes)
    rivals = {name: name for name in names if name != OURS}
    aims = []
    mine = values(runs[OURS], CPU.figure)
    if rivals:
        tables.append(ratio_table(f"{OURS} by the others, round by round", runs, OURS, rivals, [CPU, *LATENCY], False))
    if peers:
        loaded = {name: full[name] for name in peers}
        tables.append(ratio_table(f"{OURS} by the peers, saturated", runs, full[OURS], loaded, [DELIVERIES], True))
    if "floor" in names:
        found = ratios(mine, values(runs["floor"], CPU.figure))
        aims.append(Aim("server CPU per message by the bare send loop, at most 1.10", found, lambda x: x <= 1.10))
    if peers:
        found = ratios(mine, best([values(runs[name], CPU.figure) for name in peers]))
        aims.append(Aim("server CPU per message by the best peer, at most 0.9", found, lambda x: x <= 0.9))
    return Outcome(runs, tables, aims, notes)


def crowded(runs: Runs, names: list[str], rate: int) -> list[str]:
    """A server that is held up sends the next message together with the last one, which costs less."""
    found = [late for name in names for late in values(runs[name], LATENCY[1].figure) if late is not None]
    late = sum(p99 > 1e6 / rate for p99 in found)
    if not late:
        return []
    return [
        f"NOTE: in {late} of {len(found)} runs p99 was above {1000 / rate:.0f} ms, when the next one comes: CPU per "
        "message may be of messages that were sent together there, and too low; measure on a quieter machine"
    ]


def idle(bench: Bench, plan: Plan) -> Outcome:
    clients = plan.clients or 10_000
    names = plan.present(OURS, "nats", "nchan")
    load: dict[str, Option] = {"clients": clients, "streams": 1, "bytes": 400, "seconds": 2}
    steps = [Step(name, partial(bench.run, name, "idle", load)) for name in names]
    runs = play("idle", steps, min(plan.rounds, 3))
    memory = Line("KB per connection", lambda run: run.memory_per_connection, kilobytes)
    lines = [memory, Line("the server without clients, MB", lambda run: run.memory_before, megabytes)]
    title = f"User-space memory with {clients:,} subscribed clients that get nothing"
    tables = [figures_table(title, runs, names, lines)]
    aims = []
    if OURS in names:
        mine = values(runs[OURS], memory.figure)
        aims.append(Aim("KB per idle subscribed connection, at most 4", mine, lambda x: x <= 4096, kilobytes))
    return Outcome(runs, tables, aims)


def coalesce(bench: Bench, plan: Plan) -> Outcome:
    clients, streams = plan.clients or 200, 50
    load: dict[str, Option] = {"clients": clients, "bytes": 400, "seconds": plan.seconds}
    many: dict[str, Option] = {**load, "streams": streams, "subscriptions": streams}
    names = plan.present("floor", OURS, "nats")

    def at(name: str) -> Callable[[float, float], Run]:
        return lambda rate, seconds: bench.run(name, "many", {**many, "rate": rate, "seconds": seconds})

    # From round to round it remembers what it has found.
    sustained = {name: Sustained(f"coalesce: {name}", at(name), P99_SUSTAINED) for name in names}

    def run(name: str) -> Run:
        if name != "floor":
            # One message of each stream in flight, which mostly keeps p99 low.
            run = bench.run(name, "many", {**many, "rate": 0})
            if sustained[name].holds(run):
                return run
        # The floor, as fast as it goes, only fills the kernel's buffers: at a fraction of the price and seconds late.
        return sustained[name].run(plan.seconds)

    steps = [Step(name, partial(run, name)) for name in names]
    runs = play("coalesce", steps, plan.rounds)
    lines = [DELIVERIES, PER_CPU_SECOND, SHARE_OF_CORE, CLIENTS, *LATENCY, *INTACT]
    title = f"{streams} streams to each of {clients:,} clients, 400 bytes, as fast as it goes with p99 below 20 ms"
    tables, aims = [figures_table(title, runs, names, lines)], []
    rivals = {name: name for name in names if name != OURS}
    if OURS in names and rivals:
        tables.append(ratio_table(f"{OURS} by the others", runs, OURS, rivals, [DELIVERIES, PER_CPU_SECOND], True))
    if OURS in names and "floor" in names:
        for line, words in ((DELIVERIES, "deliveries/s"), (PER_CPU_SECOND, "deliveries per second of server CPU")):
            found = ratios(values(runs[OURS], line.figure), values(runs["floor"], line.figure))
            aims.append(Aim(f"{words} by the send loop's, at least 2", found, lambda x: x >= 2))
        late = values(runs[OURS], LATENCY[1].figure)
        aims.append(Aim("at p99 below 20 ms", late, lambda x: x < P99_SUSTAINED, milliseconds))
    return Outcome(runs, tables, aims)


def many(bench: Bench, plan: Plan) -> Outcome:
    clients, streams, subscriptions = plan.clients or 2000, 1000, 50
    load: dict[str, Option] = {
        "clients": clients,
        "streams": streams,
        "subscriptions": subscriptions,
        "bytes": 400,
        "seconds": plan.seconds,
    }
    rates = {"1,000/s": 1000, "10,000/s": 10_000}
    if OURS not in plan.contestants:
        return Outcome({}, [])
    steps = [Step(name, partial(bench.run, OURS, "many", {**load, "rate": rate})) for name, rate in rates.items()]
    runs = play("many", steps, plan.rounds)
    lines = [
        DELIVERIES,
        Line("published/s", lambda run: per(run.count("published"), plan.seconds)),
        SHARE,
        CONFLATED,
        CLOSED,
        CPU,
        SHARE_OF_CORE,
        CLIENTS,
        *LATENCY,
        *INTACT,
        Line("most memory, MB", lambda run: run.memory_most, megabytes),
    ]
    title = f"Publications over {streams:,} streams to {clients:,} clients with {subscriptions} subscriptions each"
    full = runs["10,000/s"]

    def gaps(run: Run) -> float:
        return run.count("gaps") + run.count("toldGaps")

    def kept(run: Run) -> float:
        is_in_time = (run.latency("p99") or 0) < P99_MANY and (run.report.get("share") or 0) > 0.9999
        return float(is_in_time or ladder(run) > 0)

    aims = [
        Aim("10,000/s: gaps, none", values(full, gaps), lambda x: x == 0, count),
        Aim(
            "10,000/s: p99 below 50 ms, or messages conflated or clients closed; share of the rounds",
            values(full, kept),
            lambda x: x >= 1,
            percent,
        ),
    ]
    return Outcome(runs, [figures_table(title, runs, list(rates), lines)], aims)
