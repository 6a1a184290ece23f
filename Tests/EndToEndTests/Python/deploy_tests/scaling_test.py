"""The manifests for Kubernetes: how many edge nodes there are, and how Prometheus finds them."""

import unittest

from deploy_tests.manifests import container, overlay, ports, selects, template
from deploy_tests.repository import EDGE, ROOT, load, metrics, pages, problems_of


class Scaling(unittest.TestCase):
    def scaler(self, name: str) -> dict:  # type: ignore[type-arg]
        return overlay(name).get("HorizontalPodAutoscaler", "tidegate-edge")["spec"]  # type: ignore[no-any-return]

    def test_it_goes_by_cpu_and_by_connections_that_the_adapter_tells_of(self) -> None:
        (rule,) = load("k8s/prometheus-adapter/values.yaml")["rules"]["custom"]
        self.assertEqual(problems_of(rule["seriesQuery"]), [])
        for name in ("redis", "nats"):
            resource, pods = self.scaler(name)["metrics"]
            self.assertEqual(resource["resource"]["name"], "cpu")
            metric = pods["pods"]["metric"]["name"]
            self.assertIn(metric, metrics())
            self.assertTrue(rule["seriesQuery"].startswith(metric + "{"))
            self.assertRegex(metric, rule["name"]["matches"])
            limit = int(overlay(name).environment(overlay(name).programs()[EDGE])["MAX_CLIENTS_TOTAL"])
            # What is left of the fewest nodes has room for the clients of one that dies, at the most that adds none (a tenth above).
            fewest, most = self.scaler(name)["minReplicas"], 1.1 * int(pods["pods"]["target"]["averageValue"])
            self.assertLessEqual(fewest * most, (fewest - 1) * limit)
            self.assertLessEqual(fewest * 1.1 * resource["resource"]["target"]["averageUtilization"], (fewest - 1) * 100)
            for figure in (round(most / 1.1), round(most), round(fewest * most), (fewest - 1) * limit):
                self.assertIn(f"{figure:,}", (ROOT / "docs/sizing.md").read_text())

    def test_up_at_once_and_down_one_at_a_time_with_the_drains_time(self) -> None:
        for name in ("redis", "nats"):
            behavior = self.scaler(name)["behavior"]
            self.assertEqual(behavior["scaleUp"]["stabilizationWindowSeconds"], 0)
            (policy,) = behavior["scaleDown"]["policies"]
            self.assertEqual((policy["type"], policy["value"]), ("Pods", 1))
            grace = template(overlay(name).programs()[EDGE])["spec"]["terminationGracePeriodSeconds"]
            self.assertGreaterEqual(policy["periodSeconds"], grace)
            self.assertGreaterEqual(behavior["scaleDown"]["stabilizationWindowSeconds"], 300)

    def test_it_scales_the_deployment_which_says_no_number_of_its_own(self) -> None:
        for name in ("redis", "nats"):
            target = self.scaler(name)["scaleTargetRef"]
            deployment = overlay(name).get(target["kind"], target["name"])
            self.assertNotIn("replicas", deployment["spec"])
            self.assertGreaterEqual(self.scaler(name)["minReplicas"], 3)


class Operator(unittest.TestCase):
    def test_the_service_monitor_finds_each_program_and_its_page(self) -> None:
        for name in ("redis", "nats"):
            manifests = overlay(name)
            spec = manifests.get("ServiceMonitor", "tidegate")["spec"]
            (endpoint,) = spec["endpoints"]
            found = [
                s for s in manifests.of("Service") if spec["selector"]["matchLabels"].items() <= s["metadata"]["labels"].items()
            ]
            chosen = {w["metadata"]["name"] for s in found for w in manifests.workloads if selects(s["spec"]["selector"], w)}
            self.assertEqual(chosen, {w["metadata"]["name"] for w in manifests.programs().values()})
            for service in found:
                self.assertIn(endpoint["port"], [port["name"] for port in service["spec"]["ports"]])
                # The operator calls the job by its service; the rules know jobs by their names.
                self.assertIn("tidegate", service["metadata"]["name"])
            for program in manifests.programs():
                self.assertIn(endpoint["path"], pages(program))

    def test_prometheus_may_reach_the_admin_ports(self) -> None:
        for name in ("tidegate-edge", "tidegate-ingestor"):
            rules = overlay("redis").get("NetworkPolicy", name)["spec"]["ingress"]
            watchers = [rule for rule in rules if "namespaceSelector" in rule.get("from", [{}])[0]]
            self.assertEqual([rule["ports"][0]["port"] for rule in watchers], ["admin"], name)

    def test_programs_may_ask_each_other_at_the_address_that_they_announce(self) -> None:
        for name in ("redis", "nats", "local"):
            programs = overlay(name).programs()
            for workload in programs.values():
                rules = overlay(name).get("NetworkPolicy", workload["metadata"]["name"])["spec"]
                variables = {entry["name"]: entry.get("valueFrom") for entry in container(workload)["env"]}
                self.assertEqual(variables["ADMIN_HOST"], {"fieldRef": {"fieldPath": "status.podIP"}})
                for other in programs.values():
                    into = [rule for rule in rules["ingress"] if self.is_about(rule.get("from", []), other)]
                    self.assertEqual([rule["ports"][0]["port"] for rule in into], ["admin"])
                    out = [rule for rule in rules["egress"] if self.is_about(rule.get("to", []), other)]
                    self.assertEqual([rule["ports"][0]["port"] for rule in out], [ports(other)["admin"]])

    @staticmethod
    def is_about(peers: list[dict], workload: dict) -> bool:  # type: ignore[type-arg]
        return any("podSelector" in peer and selects(peer["podSelector"]["matchLabels"], workload) for peer in peers)
