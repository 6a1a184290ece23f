"""What is done to a running cluster, and what its clients may notice of it.

Each scenario is a coroutine that does one fault and waits for its signs; it answers with a note for the table. Beside it
stands the allowance: what the fault explains. Afterwards the checker waits until all is well and gives its verdict.
"""

import asyncio
import time

from bench import Bench, Scenario
from checker import Row
from findings import NOTHING, Allowance
from input_faults import corrupt_history, foreign_publisher, swallow_a_message
from node_faults import (
    cut_upstream,
    kill_edge,
    kill_edge_without_redis,
    kill_leader,
    restart_broker,
    restart_edges,
    restart_redis_empty,
    silent_ingestors,
    stop_leader,
)
from store_faults import demote_redis, overwrite_log, redis_away, second_gateway

# Events of the exchange are lost while nobody is connected to it; states go on from a new snapshot.
UPSTREAM_AWAY = Allowance(event_gaps=frozenset({"upstream"}))
LEADER_AWAY = Allowance(event_gaps=frozenset({"upstream", "failover"}))
# What could not be kept of one stream.
LOG_AWAY = Allowance(event_gaps=frozenset({"failover", "edge"}), state_gaps=frozenset({"failover", "edge"}))
EDGE_AWAY = Allowance(disconnects=True)
HISTORY_AWAY = Allowance(
    event_gaps=frozenset({"upstream", "failover", "edge"}),
    state_gaps=frozenset({"failover", "edge"}),
    unrecovered=True,
    refusals=True,
)


async def steady(bench: Bench) -> str:
    """Nothing happens, and nobody notices anything."""
    await asyncio.sleep(3)
    return ""


SCENARIOS = [
    Scenario("steady", steady, NOTHING),
    Scenario("kill -9 an edge", kill_edge, EDGE_AWAY),
    Scenario("kill -9 an edge while Redis restarts", kill_edge_without_redis, EDGE_AWAY),
    Scenario("kill -9 the leader", kill_leader, LEADER_AWAY),
    Scenario("SIGSTOP the leader", stop_leader, LEADER_AWAY),
    Scenario("restart the broker", restart_broker, NOTHING),
    Scenario("cut the upstream", cut_upstream, UPSTREAM_AWAY),
    Scenario("rolling restart of edges", restart_edges, EDGE_AWAY),
    Scenario("a foreign publisher", foreign_publisher, NOTHING),
    Scenario("a second gateway on the same servers", second_gateway, NOTHING),
    Scenario("Redis is away with its data", redis_away, NOTHING),
    Scenario("Redis is demoted", demote_redis, NOTHING),
    Scenario("a string in the place of a log", overwrite_log, LOG_AWAY),
    Scenario("a corrupt history", corrupt_history, HISTORY_AWAY | EDGE_AWAY),
    Scenario("swallow the last message of a stream", swallow_a_message, NOTHING),
    Scenario("silent ingestors", silent_ingestors, LEADER_AWAY),
    Scenario("restart Redis empty", restart_redis_empty, HISTORY_AWAY | EDGE_AWAY),
]
# What can be tried without brokers.
STANDALONE_SCENARIOS = [scenario for scenario in SCENARIOS if scenario.run in (steady, cut_upstream)]


async def run_one(bench: Bench, scenario: Scenario) -> Row:
    is_spoiled = time.monotonic() < bench.spoiled_until
    bench.checker.begin(scenario.allowance | HISTORY_AWAY if is_spoiled else scenario.allowance)
    note = await scenario.run(bench)
    return await bench.checker.end(scenario.name, note)
