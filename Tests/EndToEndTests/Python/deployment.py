#!/usr/bin/env python3
"""What is in deploy/, k8s/ and the documents for operators: taken by the tools that read it, and true of the programs.

Needs no built program. Names of tests may be given: deployment.py Rules Manifests.test_probes
"""

import unittest

from deploy_tests.compose_test import *  # noqa: F403
from deploy_tests.dashboards_test import *  # noqa: F403
from deploy_tests.documents_test import *  # noqa: F403
from deploy_tests.manifests_test import *  # noqa: F403
from deploy_tests.rules_test import *  # noqa: F403
from deploy_tests.scaling_test import *  # noqa: F403
from deploy_tests.systemd_test import *  # noqa: F403

unittest.main()
