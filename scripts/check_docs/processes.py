"""Processes as a person would start and end them."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from documents import ROOT, fail


@contextmanager
def running(command: str | list[str], stderr: int | None = None) -> Iterator[subprocess.Popen[str]]:
    """A process group that is ended as Ctrl-C ends it."""
    process = subprocess.Popen(
        command,
        shell=isinstance(command, str),
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=stderr,
        start_new_session=True,
        # Whoever runs this in the background has SIGINT ignored, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        yield process
    finally:
        try:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(timeout=20)
        except ProcessLookupError:
            pass
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            fail(f"{command}: did not end on SIGINT")


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_for_port(port: int, process: subprocess.Popen[str], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            fail(f"{process.args}: ended with {process.returncode} before it listened on {port}")
        if listens(port):
            return
        time.sleep(0.2)
    fail(f"{process.args}: does not listen on {port} after {seconds} s")


def wait_until_free(*ports: int) -> None:
    """A program that was ended a moment ago may still be leaving."""
    deadline = time.monotonic() + 30
    while busy := [port for port in ports if listens(port)]:
        if time.monotonic() > deadline:
            fail(f"something listens on {busy}, which the pages use")
        time.sleep(0.2)


def lines(process: subprocess.Popen[str], count: int) -> list[str]:
    assert process.stdout
    found = []
    for line in process.stdout:
        found.append(line.rstrip("\n"))
        if len(found) == count:
            return found
    fail(f"{process.args}: ended after {len(found)} of {count} lines")
    return found


def run(command: str, seconds: float = 300, **environment: str) -> str:
    """What it prints; it must end with 0."""
    variables = {**os.environ, **environment}
    result = subprocess.run(command, shell=True, cwd=ROOT, env=variables, text=True, stdout=subprocess.PIPE, timeout=seconds)
    if result.returncode != 0:
        fail(f"{command}: status {result.returncode}")
    return result.stdout
