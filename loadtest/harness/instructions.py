"""The command line of `loadtest/instructions`."""

import argparse
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from harness.generator import Generator
from harness.processes import INHERITED, Child, Processes, Stopped, Trouble, stop_on_signals
from harness.rounds import tell
from harness.servers import BROKERS, BUILD, Programs, needed

HOW = """\
The edge node runs under callgrind, one stream to a few clients and then to many, the same publications each time. What the
second run took more, by the messages that it delivered more, is what one message to one client costs: user space only, and
the same each time but for a few percent (pings and the sweep of each second are in it). Needs valgrind, binutils and a C
compiler: apt-get install valgrind binutils gcc."""
LIMIT = 120.0
HOST = "127.0.0.1"


@dataclass(frozen=True)
class Count:
    instructions: int
    delivered: int
    published: int
    # Of callgrind, for callgrind_annotate.
    profile: Path


def marginal(few: Count, many: Count) -> float:
    """Instructions for one delivery more."""
    if many.delivered <= few.delivered:
        raise Trouble(f"{many.delivered} deliveries to many clients, {few.delivered} to few: take more --clients")
    return (many.instructions - few.instructions) / (many.delivered - few.delivered)


def total(profile: str) -> int:
    """Of what callgrind has written."""
    found = re.findall(r"^(?:totals|summary): (\d+)$", profile, re.MULTILINE)
    if not found:
        raise Trouble("callgrind has counted nothing")
    return int(found[-1])


def parse(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="loadtest/instructions",
        description="How many instructions the edge node spends on a message.",
        epilog=HOW,
    )
    add = parser.add_argument
    add("--clients", type=int, nargs=2, default=[100, 1100], metavar="N", help="few and many (100 1100)")
    add("--rate", type=float, default=20, metavar="R", help="publications per second (20)")
    add("--seconds", type=float, default=5, metavar="S", help="of each run (5)")
    add("--top", type=int, default=12, metavar="N", help="functions to show (12)")
    add("--build", type=Path, default=BUILD, metavar="FOLDER", help="with the programs (.build/release)")
    return parser.parse_args(words)


def main(words: list[str]) -> int:
    options = parse(words)
    stop_on_signals()
    try:
        with Processes() as processes:
            run(options, processes)
        return 0
    except Trouble as trouble:
        tell(f"instructions: {trouble}")
        return 1
    except Stopped as stopped:
        tell(f"instructions: stopped by {stopped}; all that it started has ended")
        return 130


def run(options: argparse.Namespace, processes: Processes) -> None:
    programs = Programs(options.build.resolve())
    node = stripped(programs.find("edge-node"), processes.folder)
    preload = processes.folder / "main_queue.so"
    source = Path(__file__).with_name("main_queue.c")
    call([needed("cc", "gcc"), "-O1", "-shared", "-fPIC", "-o", preload, source])
    few, many = (count(options, processes, programs, node, preload, clients) for clients in options.clients)
    for name, one in (("few", few), ("many", many)):
        print(f"{name}: {one.instructions:,} instructions, {one.published} published, {one.delivered:,} delivered")
    print(f"\none message to one client: {marginal(few, many):.0f} instructions\n")
    print(annotated(many.profile, options.top))


def stripped(program: Path, folder: Path) -> Path:
    """valgrind 3.19 can't read the debug information of Swift 6; the names stay."""
    path = folder / program.name
    call([needed("objcopy", "binutils"), "--strip-debug", program, path])
    return path


def count(
    options: argparse.Namespace, processes: Processes, programs: Programs, node: Path, preload: Path, clients: int
) -> Count:
    pipe = f"--vgdb-prefix={processes.folder / 'vgdb'}"
    control = [needed("callgrind_control", "valgrind"), pipe]
    broker, address = BROKERS["nats"](processes, None)
    port = processes.port()
    environment = {
        "LD_PRELOAD": preload,
        "HOST": HOST,
        "PORT": port,
        "BROKER_URL": address,
        "HISTORY_URL": "none",
        "EDGE_THREADS": 1,
        "LOG_LEVEL": "warning",
    }
    profile = processes.folder / f"callgrind-{clients}"
    tool = [needed("valgrind", "valgrind"), "--tool=callgrind", pipe, "--instr-atstart=no", f"--callgrind-out-file={profile}"]
    child = processes.start(
        f"edge-node-{clients}", [*tool, node], {key: str(value) for key, value in environment.items()}
    )
    child.wait_for_port(port, LIMIT)
    load = Generator(
        processes,
        programs.find("loadtest"),
        "hot",
        {
            "clients": clients,
            "rate": options.rate,
            "seconds": options.seconds,
            "warmup": 0,
            "url": f"ws://{HOST}:{port}/ws",
            "publish": address,
        },
        None,
    )
    load.wait_for("ready", LIMIT)
    call([*control, "--instr=on", str(child.pid)])
    load.proceed()
    load.wait_for("measured", LIMIT + options.seconds)
    call([*control, "--instr=off", str(child.pid)])
    call([*control, "--dump", str(child.pid)])
    report = load.report(LIMIT)
    processes.end([child, broker])
    return Count(written(profile, child), report["delivered"], report["published"], profile.with_name(f"{profile.name}.1"))


def written(profile: Path, child: Child) -> int:
    try:
        return total(profile.with_name(f"{profile.name}.1").read_text(errors="replace"))
    except OSError as error:
        raise Trouble(f"callgrind has written nothing ({error}):\n{child.tail()}") from None


def annotated(profile: Path, lines: int) -> str:
    """The most expensive functions, with Swift's names where `swift` is at hand."""
    text = call([needed("callgrind_annotate", "valgrind"), profile])
    found = re.findall(r"^ *([\d,]+) \(( *[\d.]+%)\)  (?:\S+?):(.+?)(?: \[.*)?$", text, re.MULTILINE)
    table = "\n".join(f"{share}  {name}" for _, share, name in found[:lines])
    swift = shutil.which("swift")
    if swift is None:
        return table
    done = subprocess.run([swift, "demangle", "--simplified"], input=table, capture_output=True, text=True)
    return (done.stdout if done.returncode == 0 else table).rstrip()


def call(words: list[str | Path]) -> str:
    # callgrind_control finds valgrind by what it was told of user and host, which is where our node listens.
    environment = {key: os.environ[key] for key in INHERITED if key in os.environ} | {"HOST": HOST}
    name = Path(words[0]).name
    try:
        done = subprocess.run(
            [str(word) for word in words], capture_output=True, text=True, timeout=LIMIT, env=environment
        )
    except subprocess.TimeoutExpired:
        raise Trouble(f"{name} has not ended within {LIMIT:g} s") from None
    if done.returncode != 0:
        raise Trouble(f"{name} failed:\n{done.stderr.strip()}")
    return done.stdout
