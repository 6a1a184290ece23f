"""A terminal into which a page is pasted."""

import os
import secrets
import signal
import subprocess
import threading
from pathlib import Path

from documents import ROOT, fail

BLOCK_SECONDS = 120


class Terminal:
    """One bash into which blocks are pasted. All that is started in it ends with it."""

    def __init__(self, folder: str) -> None:
        self.folder = Path(folder)
        self.bash = subprocess.Popen(
            ["bash"],
            cwd=ROOT,
            # mktemp then makes the page's folder in here.
            env={**os.environ, "TMPDIR": folder},
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def paste(self, block: str) -> str:
        """What the block prints, up to its end."""
        assert self.bash.stdin and self.bash.stdout
        file, end = self.folder / "block", f"end-{secrets.token_hex(8)}"
        file.write_text(block)
        # From a file, since bash itself is read from standard input, and what the block runs must not read on there.
        self.bash.stdin.write(f"source {file} </dev/null; echo; echo {end}\n")
        self.bash.stdin.flush()
        # Ends the reading below, too.
        watchdog = threading.Timer(BLOCK_SECONDS, self.kill)
        watchdog.start()
        printed = []
        for line in self.bash.stdout:
            if line.rstrip("\n") == end:
                watchdog.cancel()
                return "".join(printed)
            printed.append(line)
        watchdog.cancel()
        logs = "".join(f"\n{log.name}: {log.read_text()[-2000:]}" for log in self.folder.glob("*/*.log"))
        fail(f"a block did not end within {BLOCK_SECONDS} s, or ended bash:\n{block}\nIt printed:\n{''.join(printed)}{logs}")
        return ""

    def kill(self) -> None:
        try:
            os.killpg(self.bash.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.bash.wait()
