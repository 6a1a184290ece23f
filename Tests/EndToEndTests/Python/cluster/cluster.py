#!/usr/bin/env python3
"""Runs scenarios on real processes, with 200 clients that check everything they are told.

Usage, in the repository (after `scripts/bootstrap test` and `swift build`):

    P=.build/venv/bin/python; C=Tests/EndToEndTests/Python/cluster/cluster.py
    $P $C scenarios --broker nats|redis [--only NAME]... [--keep-going]     every scenario once, and the bad input
    $P $C standalone                                                       what can be tried without brokers
    $P $C chaos --minutes 10 --seed N --broker nats|redis|both              random faults; `make chaos`
    $P $C upgrade --old-build FOLDER --broker nats|redis|both              from an older release and back; `make upgrade-test`
    $P $C list                                                             the scenarios' names

--build is the folder of the executables (.build/debug; chaos: .build/release). Each process has a log in --folder, which is
a new one below $TMPDIR unless it is given; it is removed at the end unless something failed or --folder was given.
Ends with 0 where no promise was broken, with 1 and the findings in words otherwise. The last line is one of JSON.
"""

import argparse
import asyncio
import contextlib
import json
import random
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

from bad_input import run_checks
from bench import Bench, Scenario
from chaos import run_chaos
from checker import Checker, Row, ScenarioFailure, table
from market import Message
from nodes import Programs
from processes import Processes, Trouble
from scenarios import SCENARIOS, STANDALONE_SCENARIOS, run_one
from topology import NATS, REDIS, Cluster, Gateway
from upgrade import steps

CLIENTS = 200
# Market steps a second: so many clients then get about 3,000 messages/s.
RATE = 2.0


def say(line: str) -> None:
    print(line, flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mode", choices=("scenarios", "standalone", "chaos", "upgrade", "list"))
    parser.add_argument("--broker", choices=(NATS, REDIS, "both"), default="both")
    parser.add_argument("--build", type=Path, help="the folder of the built executables")
    parser.add_argument("--old-build", type=Path, help="upgrade: the folder of the older release's executables")
    parser.add_argument("--folder", type=Path, help="where the logs go")
    parser.add_argument("--clients", type=int, default=CLIENTS)
    parser.add_argument("--rate", type=float, default=RATE, help="market steps a second and symbol")
    parser.add_argument("--seed", type=int, help="of the clients' choices and the random faults; chosen where it is not given")
    parser.add_argument("--minutes", type=float, default=10, help="how long chaos goes on with each broker")
    parser.add_argument("--only", action="append", help="only scenarios whose name contains this; may be repeated")
    parser.add_argument("--keep-going", action="store_true", help="go on with the next scenario after one that failed")
    return parser.parse_args()


@contextlib.contextmanager
def log_folder(given: Path | None) -> Iterator[Path]:
    """A folder for the logs, kept where something fails."""
    folder = given or Path(tempfile.mkdtemp(prefix="tidegate-cluster-"))
    folder.mkdir(parents=True, exist_ok=True)
    yield folder.resolve()
    if given is None:
        shutil.rmtree(folder, ignore_errors=True)


class Run:
    """One gateway with its clients, from start to end."""

    def __init__(self, options: argparse.Namespace, processes: Processes, kind: str | None) -> None:
        programs = Programs(options.old_build or options.build)
        self.options = options
        self.rows: list[Row] = []
        self.failures: list[str] = []
        if kind:
            self.gateway: Gateway = Cluster(processes, programs, kind, options.rate, options.seed)
        else:
            self.gateway = Gateway(processes, programs, options.rate, options.seed)

    @contextlib.asynccontextmanager
    async def checked(self):  # type: ignore[no-untyped-def]
        """The checker over the started gateway."""
        start = time.monotonic()
        await self.gateway.start()
        checker = Checker(self.gateway.urls, self.gateway.exchange, self.options.seed, self.options.clients)
        try:
            await checker.start()
            # The first subscriptions are a scenario of their own.
            self.rows.append(await checker.end("start"))
            self.rows[-1].note = f"all up after {time.monotonic() - start:.1f} s"
            yield checker
        finally:
            await checker.stop()

    async def scenarios(self, scenarios: list[Scenario]) -> None:
        async with self.checked() as checker:
            bench = Bench(self.gateway, checker, random.Random(self.options.seed))  # type: ignore[arg-type]
            for scenario in scenarios:
                await self.one(bench, scenario)
            report_comparison(checker)

    async def one(self, bench: Bench, scenario: Scenario) -> None:
        say(f"== {scenario.name}")
        try:
            self.rows.append(await run_one(bench, scenario))
        except (ScenarioFailure, Trouble, AssertionError) as failure:
            if not self.options.keep_going:
                raise
            self.failures.append(f"{scenario.name}: {failure}\n{bench.checker.findings.report()}")
            say(self.failures[-1])
            bench.checker.findings.clear()

    async def bad_input(self) -> None:
        assert isinstance(self.gateway, Cluster)
        self.rows += await run_checks(self.gateway)


def report_comparison(checker: Checker) -> None:
    """How much was compared with the exchange; a run that compared nothing has proved nothing."""
    verified, unverified = checker.ledger.verified, checker.ledger.unverified
    say(f"compared with the exchange: {dict(verified)}; not comparable (the tap was away): {dict(unverified)}")
    is_enough = all(verified[kind] for kind in ("ticker", "kline", "trade", "depth"))
    assert is_enough and verified.total() > 4 * unverified.total(), "too little could be compared with the exchange"


async def run_kind(options: argparse.Namespace, kind: str | None) -> list[str]:
    """One gateway: prints its table, answers with what failed."""
    with log_folder(options.folder) as folder, Processes(folder) as processes:
        run = Run(options, processes, kind)
        try:
            if options.mode == "chaos":
                async with run.checked() as checker:
                    bench = Bench(run.gateway, checker, random.Random(options.seed))  # type: ignore[arg-type]
                    await run_chaos(bench, options.minutes * 60, run.rows, say)
                    report_comparison(checker)
            elif options.mode == "upgrade":
                await run.scenarios(steps(Programs(options.old_build), Programs(options.build)))
            else:
                await run.scenarios(chosen(options, kind))
                if kind and not options.only:
                    await run.bad_input()
        except BaseException:
            say(processes.tails())
            say(f"the logs are in {folder}")
            raise
        finally:
            say(f"\n{kind or 'standalone'}\n{table(run.rows)}\n")
        if run.failures:
            say(f"the logs are in {folder}")
            options.folder = folder
        return [f"{kind or 'standalone'}: {failure}" for failure in run.failures]


def chosen(options: argparse.Namespace, kind: str | None) -> list[Scenario]:
    scenarios = SCENARIOS if kind else STANDALONE_SCENARIOS
    wanted = [scenario for scenario in scenarios if not options.only or any(part in scenario.name for part in options.only)]
    assert wanted, f"no scenario's name contains {options.only}; `list` prints them"
    return wanted


async def run_all(options: argparse.Namespace) -> Message:
    kinds: list[str | None] = [NATS, REDIS] if options.broker == "both" else [options.broker]
    failures: list[str] = []
    for kind in [None] if options.mode == "standalone" else kinds:
        failures += await run_kind(options, kind)
    assert not failures, "\n".join(failures)
    return {"ok": True, "seed": options.seed}


def main() -> None:
    options = arguments()
    if options.mode == "list":
        return say("\n".join(scenario.name for scenario in SCENARIOS))
    root = Path(__file__).resolve().parents[4]
    if options.mode == "upgrade" and options.old_build is None:
        sys.exit("upgrade needs --old-build, the folder of the older release's executables; `make upgrade-test` builds it")
    options.build = options.build or root / ".build" / ("release" if options.mode == "chaos" else "debug")
    options.seed = random.SystemRandom().randrange(1_000_000) if options.seed is None else options.seed
    say(f"seed {options.seed}")
    try:
        say(json.dumps(asyncio.run(run_all(options))))
    except (Exception, KeyboardInterrupt, asyncio.CancelledError) as error:
        if not isinstance(error, (ScenarioFailure, Trouble)):
            traceback.print_exc()
        say(f"{type(error).__name__}: {error}")
        say(json.dumps({"ok": False, "seed": options.seed, "error": str(error).split("\n")[0][:300]}))
        sys.exit(1)


if __name__ == "__main__":
    main()
