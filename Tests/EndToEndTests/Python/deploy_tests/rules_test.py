"""The alert rules, their unit tests, and what reads them."""

import re
import unittest
from typing import Any

from deploy_tests.repository import OPERATIONS, ROOT, RULES, load, problems_of, run, tool

TESTS = ROOT / "deploy/prometheus/rules_test.yaml"
SCRAPES = ROOT / "deploy/prometheus/prometheus.yaml"
ALERTMANAGER = ROOT / "deploy/alertmanager/alertmanager.yaml"


def alerts() -> list[dict[str, Any]]:
    return [rule for group in load(RULES)["groups"] for rule in group["rules"]]


class Rules(unittest.TestCase):
    def test_promtool_takes_the_rules(self) -> None:
        run(tool("promtool"), "check", "rules", str(RULES))

    def test_the_unit_tests_of_the_rules_pass(self) -> None:
        run(tool("promtool"), "test", "rules", str(TESTS))

    def test_each_alert_fires_in_a_unit_test(self) -> None:
        fires = set(re.findall(r'alertname="(\w+)"', TESTS.read_text()))
        self.assertEqual({alert["alert"] for alert in alerts()} - fires, set())

    def test_rules_name_metrics_and_labels_that_exist(self) -> None:
        for alert in alerts():
            with self.subTest(alert["alert"]):
                self.assertEqual(problems_of(alert["expr"]), [])

    def test_each_alert_has_a_severity_and_tells_what_is_wrong(self) -> None:
        for alert in alerts():
            with self.subTest(alert["alert"]):
                self.assertIn(alert["labels"]["severity"], ("page", "ticket"))
                self.assertEqual(set(alert["annotations"]), {"summary", "description", "runbook"})

    def test_each_alert_has_a_runbook_with_all_its_parts_and_no_runbook_is_left_over(self) -> None:
        sections = dict(re.findall(r"^### (Tidegate\w+)\n(.*?)(?=^##|\Z)", OPERATIONS.read_text(), re.MULTILINE | re.DOTALL))
        self.assertEqual(set(sections), {alert["alert"] for alert in alerts()})
        for alert in alerts():
            name = alert["alert"]
            with self.subTest(name):
                self.assertEqual(alert["annotations"]["runbook"], f"docs/operations.md#{name.lower()}")
                for part in ("**Means:**", "**Clients see:**", "**Do:**"):
                    self.assertIn(part, sections[name])

    def test_the_manifest_for_kubernetes_has_the_same_rules(self) -> None:
        manifest = load("k8s/components/monitoring/prometheus-rule.yaml")
        self.assertEqual(manifest["spec"], load(RULES), "run scripts/prometheus-rule")


class Prometheus(unittest.TestCase):
    def test_promtool_takes_the_configuration(self) -> None:
        # It names the rules where the container has them.
        text = SCRAPES.read_text().replace("/etc/prometheus/rules.yaml", str(RULES))
        run(tool("promtool"), "check", "config", "/dev/stdin", text=text)

    def test_jobs_have_names_by_which_the_rules_know_them(self) -> None:
        selector = next(alert["expr"] for alert in alerts() if alert["alert"] == "TidegateTargetDown")
        pattern = re.search(r'job=~"([^"]*)"', selector)
        assert pattern
        ours = [job["job_name"] for job in load(SCRAPES)["scrape_configs"] if job["job_name"] != "prometheus"]
        self.assertEqual(len(ours), 2)
        for job in ours:
            self.assertRegex(job, f"^(?:{pattern[1]})$")

    def test_it_asks_at_the_ports_that_compose_gives_the_programs(self) -> None:
        services = load("compose.yaml")["services"]
        for job in load(SCRAPES)["scrape_configs"]:
            for look_up in job.get("dns_sd_configs", []):
                for name in look_up["names"]:
                    self.assertEqual(str(look_up["port"]), services[name]["environment"]["ADMIN_PORT"], name)


class Alertmanager(unittest.TestCase):
    def test_amtool_takes_the_configuration(self) -> None:
        run(tool("amtool"), "check-config", str(ALERTMANAGER))

    def test_it_names_alerts_and_severities_that_exist(self) -> None:
        names = {alert["alert"] for alert in alerts()}
        severities = {alert["labels"]["severity"] for alert in alerts()}
        text = ALERTMANAGER.read_text()
        for value in re.findall(r'alertname =~? "([^"]+)"', text):
            self.assertLessEqual(set(value.split("|")), names)
        for value in re.findall(r'severity = "([^"]+)"', text):
            self.assertIn(value, severities)

    def test_without_a_leader_only_an_ingestor_that_does_not_answer_is_left_out(self) -> None:
        rules = load(ALERTMANAGER)["inhibit_rules"]
        about = [rule["target_matchers"] for rule in rules if any("TidegateTargetDown" in m for m in rule["target_matchers"])]
        self.assertEqual(about, [['alertname = "TidegateTargetDown"', 'job =~ ".*ingestor.*"']])
        # As the jobs are called, here and by the Prometheus operator.
        for job in ("tidegate-ingestor", "tidegate-ingestor-admin"):
            self.assertRegex(job, "^(?:.*ingestor.*)$")

    def test_nobody_is_woken_twice_for_one_cause(self) -> None:
        pages = {alert["alert"] for alert in alerts() if alert["labels"]["severity"] == "page"}
        self.assertIn("TidegateNobodyServed", pages)
        for cause in ("TidegateNoLeader", "TidegateIngestorSilent"):
            rules = [rule for rule in load(ALERTMANAGER)["inhibit_rules"] if f'"{cause}"' in rule["source_matchers"][0]]
            left_out = [rule["target_matchers"] for rule in rules]
            self.assertTrue(any("TidegateNobodyServed" in matchers[0] for matchers in left_out), cause)
