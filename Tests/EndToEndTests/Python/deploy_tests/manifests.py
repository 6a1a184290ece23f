"""A kustomization as it is built, and ways to find what is in it."""

import base64
import re
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from deploy_tests.repository import ROOT, load_all, run, tool

Resource = dict[str, Any]
# Kinds of the Prometheus operator, which Kubernetes itself does not know.
FOREIGN = {"ServiceMonitor", "PrometheusRule"}
OVERLAYS = ("redis", "nats", "local")


class Manifests:
    """What `kubectl apply -k` would send of one overlay."""

    def __init__(self, name: str, folder: str) -> None:
        self.name = name
        self.text = run(tool("kubectl"), "kustomize", folder)
        self.resources: list[Resource] = load_all(self.text)

    def of(self, *kinds: str) -> list[Resource]:
        return [resource for resource in self.resources if resource["kind"] in kinds]

    def get(self, kind: str, name: str) -> Resource:
        found = [resource for resource in self.of(kind) if resource["metadata"]["name"] == name]
        assert len(found) == 1, f"{self.name}: {len(found)} of {kind} {name}"
        return found[0]

    @property
    def workloads(self) -> list[Resource]:
        return self.of("Deployment", "StatefulSet")

    def programs(self) -> dict[str, Resource]:
        """The workloads of our programs, by the program."""
        commands = {"edge-node", "ingestor"}
        return {c["command"][0]: w for w in self.workloads for c in [container(w)] if c.get("command", [""])[0] in commands}

    def environment(self, workload: Resource) -> dict[str, str]:
        """The settings that its container gets; of two the later one counts."""
        values: dict[str, str] = {}
        for source in container(workload).get("envFrom", []):
            if "configMapRef" in source:
                values |= self.get("ConfigMap", source["configMapRef"]["name"]).get("data", {})
            else:
                secret = self.get("Secret", source["secretRef"]["name"])
                values |= {key: decoded(value) for key, value in (secret.get("data") or {}).items()}
        # What only the cluster knows stands here as the place where it is, for example status.podIP.
        own = container(workload).get("env", [])
        return values | {entry["name"]: entry.get("value") or entry["valueFrom"]["fieldRef"]["fieldPath"] for entry in own}


def decoded(value: str) -> str:
    return base64.b64decode(value).decode()


@cache
def overlay(name: str) -> Manifests:
    return Manifests(name, f"k8s/overlays/{name}")


@cache
def with_components(*components: str) -> Manifests:
    """The base with these components: each is to be whole by itself."""
    with tempfile.TemporaryDirectory(dir=ROOT / "k8s/overlays") as folder:
        lines = ["resources: [../../base]", f"components: [{', '.join(f'../../components/{name}' for name in components)}]"]
        secrets = ["secretGenerator: [{name: tidegate-edge}, {name: tidegate-ingestor}]", "namespace: tidegate"]
        (Path(folder) / "kustomization.yaml").write_text("\n".join(lines + secrets))
        return Manifests("+".join(components), folder)


def template(workload: Resource) -> Resource:
    spec: Resource = workload["spec"]["template"]
    return spec


def container(workload: Resource) -> Resource:
    containers: list[Resource] = template(workload)["spec"]["containers"]
    assert len(containers) == 1
    return containers[0]


def ports(workload: Resource) -> dict[str, int]:
    return {port["name"]: port["containerPort"] for port in container(workload)["ports"]}


def selects(selector: dict[str, str], workload: Resource) -> bool:
    return selector.items() <= template(workload)["metadata"]["labels"].items()


def cores(quantity: str) -> float:
    return float(quantity[:-1]) / 1000 if quantity.endswith("m") else float(quantity)


def mebibytes(quantity: str) -> float:
    number, unit = re.fullmatch(r"(\d+)(Mi|Gi)", quantity).groups()  # type: ignore[union-attr]
    return float(number) * (1024 if unit == "Gi" else 1)
