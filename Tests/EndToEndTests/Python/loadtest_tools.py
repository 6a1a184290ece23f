#!/usr/bin/env python3
"""The arithmetic and the manners of loadtest/compare and loadtest/cluster, without the program `loadtest`."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "loadtest"))

from loadtest_tests.commands_test import *  # noqa: E402, F403
from loadtest_tests.figures_test import *  # noqa: E402, F403
from loadtest_tests.machine_test import *  # noqa: E402, F403
from loadtest_tests.rounds_test import *  # noqa: E402, F403

unittest.main()
