"""What clients that stop reading cost the others, and the server."""

from functools import partial

from harness.figures import ratios
from harness.generator import Option
from harness.measuring import Bench
from harness.rounds import Aim, Line, Outcome, Step, figures_table, play, values
from harness.scenarios import CLOSED, CONFLATED, INTACT, LATENCY, OURS, Plan, ladder
from harness.tables import Table, cell, count, megabytes, percent

SHARE = 0.05
OUTBOX_BYTES = 65_536
# What the kernel takes for a socket is filled first, about 4 MB: so the messages are large, and the run is longer.
BYTES = 4000
RATE = 100
SECONDS_LEAST = 20
SETTINGS = {"MAX_OUTBOX_BYTES": OUTBOX_BYTES, "FANOUT_CALLBACK_TIMEOUT": 2}


def slow(bench: Bench, plan: Plan) -> Outcome:
    clients = plan.clients or 500
    if OURS not in plan.contestants:
        return Outcome({}, [])
    seconds = max(plan.seconds, SECONDS_LEAST)
    load: dict[str, Option] = {"clients": clients, "bytes": BYTES, "rate": RATE, "seconds": seconds}
    stopping: dict[str, Option] = {"slow-share": SHARE, "slow-kind": "stop"}
    steps: list[Step] = []
    pairs = {kind: (f"{kind}: all read", f"{kind}: some stop") for kind in ("latest", "event")}
    for kind, (without, with_some) in pairs.items():
        own: dict[str, Option] = {**load, "class": kind}
        steps += [
            Step(without, partial(bench.run, OURS, "hot", own, SETTINGS)),
            Step(with_some, partial(bench.run, OURS, "slow", {**own, **stopping}, SETTINGS)),
        ]
    runs = play("slow", steps, plan.rounds)
    stopped = int(clients * SHARE)
    lines = [
        *LATENCY,
        *INTACT,
        CLOSED,
        Line("clients that heard of it", lambda run: run.closed(4008), count),
        CONFLATED,
        Line("memory gained at most, MB", lambda run: run.memory_most - run.memory_ready, megabytes),
    ]
    title = (
        f"{SHARE:.0%} of {clients:,} clients stop reading, {BYTES:,} bytes, {RATE} messages/s to each; latency is of "
        "the others"
    )
    ratio_rows, aims = [], []
    for kind, (without, with_some) in pairs.items():
        found = [ratios(values(runs[with_some], line.figure), values(runs[without], line.figure)) for line in LATENCY]
        ratio_rows.append((f"{kind} streams", [cell(one) for one in found]))
        aims.append(Aim(f"{kind}: p99 of the others by what it was, at most 1.2", found[1], lambda x: x <= 1.2))
    share = values(runs[pairs["event"][1]], lambda run: run.node("slow_consumers_closed") / max(stopped, 1))
    aims.append(Aim("event: share of the stopped clients closed as too slow, all", share, lambda x: x >= 1, percent))
    kept = values(runs[pairs["latest"][1]], ladder)
    aims.append(Aim("latest: messages conflated or stopped clients closed, some", kept, lambda x: x > 0, count))
    bound = stopped * OUTBOX_BYTES
    for kind, (_, with_some) in pairs.items():
        gained = values(runs[with_some], lambda run: run.memory_most - run.memory_ready)
        aims.append(
            Aim(
                f"{kind}: memory gained, MB, at most {stopped} outboxes of {OUTBOX_BYTES:,} bytes and 8 MB",
                gained,
                lambda x: x <= bound + 8 * 1024 * 1024,
                megabytes,
            )
        )
    ratio_table = Table("With some that stop by without, round by round", ["p50", "p99", "p99.9"], ratio_rows)
    return Outcome(runs, [figures_table(title, runs, [step.name for step in steps], lines), ratio_table], aims)
