"""Runs every command and every example of README.md and docs/ as it is pasted, and follows every link. Run it from the repository, when the
release programs are built, with the tests' Python:

.build/venv/bin/python scripts/check_docs
.build/venv/bin/python scripts/check_docs gateway admission     only these
.build/venv/bin/python scripts/check_docs links                 nothing is run: only links, and whether all that is told is run

A block that needs what a fresh machine does not have begins with `# Needs` and says what; it need not be run. Any other that no check
here runs is a failure. Uses the ports that the pages name, and ends with one line that says what does not do what its page says.
"""

import sys
import time

import admission
import gateway
import links
import others
from documents import Page, every_page, fail

CHECKS = {"gateway": gateway, "admission": admission, "others": others}


def main(names: list[str]) -> None:
    if unknown := set(names) - {*CHECKS, "links"}:
        fail(f"there is no {', '.join(sorted(unknown))}; there are {', '.join([*CHECKS, 'links'])}")
    known = {page.path for check in CHECKS.values() for page in check.PAGES}
    # A page that no check knows may have no block that has to be run.
    for path in every_page():
        if path not in known:
            Page(str(path.relative_to(path.parents[1] if path.parent.name == "docs" else path.parent)))
    print(f"check_docs: {links.check()} links lead somewhere")
    for name, check in CHECKS.items():
        if not names or name in names:
            start = time.monotonic()
            check.run_pages()
            for page in check.PAGES:
                page.finish()
            print(f"check_docs: {name}: every command and example does what its page says ({time.monotonic() - start:.0f} s)", flush=True)


main(sys.argv[1:])
