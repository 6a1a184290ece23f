"""The manifests for Kubernetes: built by kubectl, valid, and true of the programs."""

import re
import tempfile
import unittest

from deploy_tests.manifests import (
    FOREIGN,
    OVERLAYS,
    container,
    cores,
    mebibytes,
    overlay,
    ports,
    selects,
    template,
    with_components,
)
from deploy_tests.repository import EDGE, INGESTOR, OPERATIONS, ROOT, pages, run, settings, tool

ALL = [*map(overlay, OVERLAYS), with_components("standby"), with_components("ingress-nginx"), with_components("ingress-haproxy")]
COMPONENTS = sorted(path.name for path in (ROOT / "k8s/components").iterdir())
# The oldest that has what the manifests use, and a newer one.
VERSIONS = ("1.27", "1.33")
PRESTOP_SECONDS = 5


class Manifests(unittest.TestCase):
    def test_each_component_is_in_an_overlay(self) -> None:
        used = "\n".join((ROOT / f"k8s/overlays/{name}/kustomization.yaml").read_text() for name in OVERLAYS)
        # Named in a comment only, for those who have it: nobody should begin with what is retired.
        self.assertNotIn("- ../../components/ingress-nginx", used)
        self.assertEqual([name for name in COMPONENTS if f"components/{name}" not in used], [])

    def test_kubernetes_validate_takes_each_overlay(self) -> None:
        for manifests in map(overlay, OVERLAYS):
            with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
                file.write(manifests.text)
                file.flush()
                for version in VERSIONS:
                    said = run(tool("kubernetes-validate"), "--strict", "-k", version, file.name)
                    unknown = set(re.findall(r"schema for kind (\w+)", said))
                    self.assertLessEqual(unknown, FOREIGN, f"{manifests.name}: {said}")

    def test_settings_exist_and_are_of_the_program(self) -> None:
        for manifests in ALL:
            programs = manifests.programs()
            self.assertEqual(set(programs), {EDGE, INGESTOR}, manifests.name)
            for program, workload in programs.items():
                for name in manifests.environment(workload):
                    self.assertIn(name, settings(), f"{manifests.name}: {program}")
                    self.assertIn(program, settings()[name].programs, f"{manifests.name}: {name}")

    def test_comments_name_settings_that_exist(self) -> None:
        for path in (ROOT / "k8s").rglob("*.*"):
            for name in re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", path.read_text()):
                self.assertIn(name, settings(), str(path))

    def test_each_overlay_says_where_the_stores_are_and_that_they_are_there(self) -> None:
        for manifests in map(overlay, OVERLAYS):
            services = {service["metadata"]["name"] for service in manifests.of("Service")}
            for program, workload in manifests.programs().items():
                environment = manifests.environment(workload)
                urls = [environment.get(name, "") for name in ("REDIS_URL", "BROKER_URL", "HISTORY_URL")]
                hosts = [host for url in urls for host in re.findall(r"//([^:,/]+):\d+", url)]
                self.assertTrue(hosts, f"{manifests.name}: {program}")
                for host in hosts:
                    self.assertIn(host.split(".")[-1], services)

    def test_ports_are_those_that_the_programs_listen_on(self) -> None:
        for manifests in ALL:
            for program, workload in manifests.programs().items():
                environment = manifests.environment(workload)
                expected = {"admin": environment["ADMIN_PORT"]} | ({"clients": environment["PORT"]} if program == EDGE else {})
                self.assertEqual(ports(workload), {name: int(port) for name, port in expected.items()}, manifests.name)

    def test_probes_ask_for_pages_that_exist_and_liveness_depends_on_no_store(self) -> None:
        for manifests in ALL:
            for program, workload in manifests.programs().items():
                parts = container(workload)
                for probe, path in (("startupProbe", "/live"), ("livenessProbe", "/live"), ("readinessProbe", "/ready")):
                    request = parts[probe]["httpGet"]
                    self.assertEqual(request["path"], path, f"{manifests.name}: {program}: {probe}")
                    self.assertIn(request["path"], pages(program))
                    # At the clients' port it would need TLS or a PROXY header there, and count as a client of the machine's address.
                    self.assertEqual(request["port"], "admin")
                    self.assertIn(request["port"], ports(workload))

    def test_nobody_is_killed_who_still_says_goodbye(self) -> None:
        for manifests in ALL:
            workload = manifests.programs()[EDGE]
            environment, spec = manifests.environment(workload), template(workload)["spec"]
            delay, drain = float(environment["DRAIN_DELAY"]), float(environment["DRAIN_SECONDS"])
            hook = container(workload)["lifecycle"]["preStop"]["exec"]["command"]
            self.assertEqual(hook, ["sleep", str(PRESTOP_SECONDS)])
            self.assertGreater(spec["terminationGracePeriodSeconds"], PRESTOP_SECONDS + delay + drain)
            # Until endpoints are taken away by the probe the node still takes clients.
            probe = container(workload)["readinessProbe"]
            self.assertGreaterEqual(delay, probe["periodSeconds"] * probe["failureThreshold"])
            self.assertGreater(drain, delay)
            # The next node goes when this one's clients have gone.
            self.assertGreaterEqual(workload["spec"]["minReadySeconds"], PRESTOP_SECONDS + drain)

    def test_a_rollout_takes_no_node_away_before_a_new_one_is_ready(self) -> None:
        for manifests in ALL:
            strategy = manifests.programs()[EDGE]["spec"]["strategy"]
            self.assertEqual(strategy["rollingUpdate"], {"maxSurge": 1, "maxUnavailable": 0})
            budget = manifests.get("PodDisruptionBudget", "tidegate-edge")["spec"]
            self.assertEqual(budget["maxUnavailable"], 1)
            # All are unready while the ingestor is silent, and have their clients.
            self.assertEqual(budget["unhealthyPodEvictionPolicy"], "IfHealthyBudget")
            self.assertTrue(selects(budget["selector"]["matchLabels"], manifests.programs()[EDGE]))

    def test_an_upgrade_can_begin_with_all_but_the_nodes(self) -> None:
        # docs/operations.md: kubectl apply -k ... -l app.kubernetes.io/component!=edge
        self.assertIn("app.kubernetes.io/component!=edge", OPERATIONS.read_text())
        for manifests in ALL:
            labels = [(resource, resource["metadata"].get("labels", {})) for resource in manifests.resources]
            left = [resource for resource, found in labels if found.get("app.kubernetes.io/component") != "edge"]
            kinds = {(resource["kind"], resource["metadata"]["name"]) for resource in left}
            self.assertNotIn(("Deployment", "tidegate-edge"), kinds)
            self.assertNotIn(("HorizontalPodAutoscaler", "tidegate-edge"), kinds)
            self.assertIn(("Deployment", "tidegate-ingestor"), kinds)
            # What the ingestor reads is among them.
            self.assertTrue(any(kind == "ConfigMap" and name.startswith("tidegate-shared") for kind, name in kinds))
            self.assertTrue(any(kind == "Secret" and name.startswith("tidegate-ingestor") for kind, name in kinds))

    def test_images_have_a_version_so_that_there_is_a_way_back(self) -> None:
        release = re.search(r'version = "([\d.]+)"', (ROOT / "Sources/Shared/Platform/System/Release.swift").read_text())
        assert release
        for name in ("redis", "nats"):
            for workload in overlay(name).programs().values():
                self.assertEqual(container(workload)["image"], f"tidegate:{release[1]}", name)

    def test_there_is_one_ingestor_or_one_and_a_standby(self) -> None:
        for manifests, replicas, strategy in (
            (overlay("redis"), 1, {"type": "Recreate"}),
            (overlay("local"), 1, {"type": "Recreate"}),
            (overlay("nats"), 2, {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}),
        ):
            spec = manifests.programs()[INGESTOR]["spec"]
            self.assertEqual((spec["replicas"], spec["strategy"]), (replicas, strategy), manifests.name)
            self.assertEqual("affinity" in spec["template"]["spec"], replicas == 2)
        # A second one waits for the lease, which is in Redis.
        nats = overlay("nats")
        self.assertRegex(nats.environment(nats.programs()[INGESTOR])["HISTORY_URL"], "^redis://")

    def test_nodes_are_spread_over_machines_and_zones(self) -> None:
        for manifests in ALL:
            workload = manifests.programs()[EDGE]
            spread = template(workload)["spec"]["topologySpreadConstraints"]
            self.assertEqual([c["topologyKey"] for c in spread], ["kubernetes.io/hostname", "topology.kubernetes.io/zone"])
            for constraint in spread:
                self.assertTrue(selects(constraint["labelSelector"]["matchLabels"], workload))

    def test_no_pod_has_rights(self) -> None:
        for manifests in ALL:
            self.assertEqual(
                manifests.get("Namespace", "tidegate")["metadata"]["labels"]["pod-security.kubernetes.io/enforce"], "restricted"
            )
            for workload in manifests.workloads:
                with self.subTest(f"{manifests.name}: {workload['metadata']['name']}"):
                    spec, parts = template(workload)["spec"], container(workload)
                    self.assertIs(spec["automountServiceAccountToken"], False)
                    self.assertIs(spec["enableServiceLinks"], False)
                    self.assertIs(spec["securityContext"]["runAsNonRoot"], True)
                    self.assertGreater(spec["securityContext"]["runAsUser"], 0)
                    self.assertEqual(spec["securityContext"]["seccompProfile"], {"type": "RuntimeDefault"})
                    expected = {
                        "allowPrivilegeEscalation": False,
                        "readOnlyRootFilesystem": True,
                        "capabilities": {"drop": ["ALL"]},
                    }
                    self.assertEqual(parts["securityContext"], expected)
                    self.assertLessEqual({"cpu", "memory"}, set(parts["resources"]["requests"]))
                    # A process that is throttled is late for all that it serves.
                    self.assertEqual(set(parts["resources"]["limits"]), {"memory"})

    def test_our_user_is_that_of_the_image(self) -> None:
        user = re.search(r"useradd .*--uid (\d+)", (ROOT / "Dockerfile").read_text())
        assert user
        for workload in overlay("redis").programs().values():
            self.assertEqual(template(workload)["spec"]["securityContext"]["runAsUser"], int(user[1]))

    def test_event_loops_are_as_many_as_the_cores_that_are_requested(self) -> None:
        for name in ("redis", "nats"):
            workload = overlay(name).programs()[EDGE]
            requested = cores(container(workload)["resources"]["requests"]["cpu"])
            self.assertEqual(float(overlay(name).environment(workload)["EDGE_THREADS"]), requested)

    def test_memory_holds_all_clients_and_all_that_may_wait_for_them(self) -> None:
        # docs/sizing.md: 4 KB for each client, and 100 MB for the process.
        for name in ("redis", "nats"):
            workload = overlay(name).programs()[EDGE]
            environment = overlay(name).environment(workload)
            clients = int(environment["MAX_CLIENTS_TOTAL"]) * 4 / 1024
            waiting = int(environment["MAX_NODE_OUTBOX_BYTES"]) / 2**20
            # The kernel's memory for sockets counts for the pod, too: as much again.
            self.assertGreaterEqual(
                mebibytes(container(workload)["resources"]["limits"]["memory"]), 2 * (100 + clients + waiting)
            )

    def test_redis_is_promised_the_memory_that_it_may_use(self) -> None:
        for name in ("redis", "nats"):
            parts = container(overlay(name).get("StatefulSet", "redis"))
            may_use = int(parts["args"][parts["args"].index("--maxmemory") + 1].removesuffix("mb"))
            self.assertGreater(mebibytes(parts["resources"]["requests"]["memory"]), 1.2 * may_use)
            self.assertGreaterEqual(mebibytes(parts["resources"]["limits"]["memory"]), 2 * may_use)

    def test_each_budget_says_what_becomes_of_pods_that_are_not_ready(self) -> None:
        for manifests in ALL:
            for budget in manifests.of("PodDisruptionBudget"):
                self.assertIn("unhealthyPodEvictionPolicy", budget["spec"], budget["metadata"]["name"])

    def test_secrets_that_were_not_replaced_start_no_node(self) -> None:
        for name in ("redis", "nats"):
            key = overlay(name).environment(overlay(name).programs()[EDGE])["RESUME_TOKEN_KEY"]
            self.assertLess(len(key), 16, "a key that is known to everybody")

    def test_selectors_select_and_named_ports_exist(self) -> None:
        for manifests in ALL:
            for service in manifests.of("Service"):
                chosen = [w for w in manifests.workloads if selects(service["spec"]["selector"], w)]
                self.assertEqual(len(chosen), 1, f"{manifests.name}: {service['metadata']['name']}")
                for port in service["spec"]["ports"]:
                    self.assertIn(port["targetPort"], ports(chosen[0]))
            for policy in manifests.of("NetworkPolicy"):
                name = policy["metadata"]["name"]
                chosen = [w for w in manifests.workloads if selects(policy["spec"]["podSelector"]["matchLabels"], w)]
                self.assertEqual(len(chosen), 1, f"{manifests.name}: {name}")
                self.assertEqual(policy["spec"]["policyTypes"], ["Ingress", "Egress"])
                for rule in policy["spec"]["ingress"]:
                    self.assertLessEqual({port["port"] for port in rule["ports"]}, set(ports(chosen[0])), name)

    def test_each_pod_of_ours_and_of_the_stores_is_behind_a_network_policy(self) -> None:
        for manifests in ALL:
            for workload in manifests.workloads:
                name = workload["metadata"]["name"]
                policies = [p["spec"]["podSelector"]["matchLabels"] for p in manifests.of("NetworkPolicy")]
                behind = any(selects(labels, workload) for labels in policies)
                self.assertEqual(behind, name != "simulator", f"{manifests.name}: {name}")

    def test_policies_let_the_programs_reach_their_stores(self) -> None:
        for manifests in map(overlay, OVERLAYS):
            for program in ("tidegate-edge", "tidegate-ingestor"):
                rules = manifests.get("NetworkPolicy", program)["spec"]["egress"]
                for store in [w for w in manifests.workloads if w["metadata"]["name"] in ("redis", "nats")]:
                    port = next(iter(ports(store).values()))
                    self.assertTrue(
                        any(
                            port in [entry["port"] for entry in rule["ports"]]
                            and any(
                                selects(to.get("podSelector", {}).get("matchLabels", {"": ""}), store)
                                for to in rule.get("to", [])
                            )
                            for rule in rules
                        ),
                        f"{manifests.name}: {program} to {store['metadata']['name']}",
                    )

    def test_ingresses_lead_to_the_clients_port_and_outlast_the_pings(self) -> None:
        ping = float(settings()["CLIENT_PING_INTERVAL"].default) + float(settings()["CLIENT_PING_TIMEOUT"].default)
        nginx = "nginx.ingress.kubernetes.io"
        for manifests in ALL:
            if not manifests.of("Ingress"):
                continue
            (ingress,) = manifests.of("Ingress")
            annotations = ingress["metadata"]["annotations"]
            if ingress["spec"]["ingressClassName"] == "nginx":
                found = [annotations[f"{nginx}/{name}"] for name in ("proxy-read-timeout", "proxy-send-timeout")]
            else:
                # Its controller takes these two of an Ingress as lines of the backend only.
                self.assertNotIn("haproxy.org/timeout-tunnel", annotations)
                self.assertNotIn("haproxy.org/timeout-connect", annotations)
                lines = annotations["haproxy.org/backend-config-snippet"].splitlines()
                found = [re.sub(r"timeout tunnel (\d+)s", r"\1", line) for line in lines if "tunnel" in line]
                self.assertTrue(any(line.startswith("timeout connect ") for line in lines))
            self.assertTrue(found)
            for seconds in found:
                self.assertGreater(float(seconds), 2 * ping, manifests.name)
            for rule in ingress["spec"]["rules"]:
                for path in rule["http"]["paths"]:
                    backend = path["backend"]["service"]
                    named = [port["name"] for port in manifests.get("Service", backend["name"])["spec"]["ports"]]
                    self.assertIn(backend["port"]["name"], named)
                    self.assertEqual(path["path"], "/ws")

    def test_haproxy_takes_the_lines_of_the_backend_before_the_controllers_defaults(self) -> None:
        (ingress,) = with_components("ingress-haproxy").of("Ingress")
        annotations = ingress["metadata"]["annotations"]
        text = "\n".join(
            [
                # As the controller writes them.
                "defaults",
                *(f" timeout {name}" for name in ("connect 5s", "client 50s", "server 50s", "tunnel 1h")),
                "frontend clients",
                " mode http",
                " bind 127.0.0.1:1",
                " default_backend nodes",
                "backend nodes",
                " mode http",
                f" balance {annotations['haproxy.org/load-balance']}",
                *annotations["haproxy.org/backend-config-snippet"].splitlines(),
                " server one 127.0.0.1:2",
                "",
            ]
        )
        with tempfile.NamedTemporaryFile("w", suffix=".cfg") as file:
            file.write(text)
            file.flush()
            self.assertNotIn("WARNING", run(tool("haproxy"), "-c", "-f", file.name))
