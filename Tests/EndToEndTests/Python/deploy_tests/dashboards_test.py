"""The dashboards: the parts that Grafana requires, and queries that Prometheus takes, of metrics that exist."""

import json
import re
import tempfile
import unittest
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from deploy_tests.repository import DASHBOARDS, ROOT, load, metric_of, metrics, problems_of, run, series_in, tool

DATASOURCE = {
    "type": "object",
    "required": ["type", "uid"],
    "properties": {"type": {"const": "prometheus"}, "uid": {"const": "${datasource}"}},
}
GRID = {
    "type": "object",
    "required": ["h", "w", "x", "y"],
    "properties": {
        "h": {"type": "integer", "minimum": 1},
        "w": {"type": "integer", "minimum": 1, "maximum": 24},
        "x": {"type": "integer", "minimum": 0, "maximum": 23},
        "y": {"type": "integer", "minimum": 0},
    },
}
TARGET = {
    "type": "object",
    "required": ["refId", "expr", "datasource"],
    "properties": {"refId": {"type": "string", "pattern": "^[A-Z]$"}, "expr": {"type": "string"}, "datasource": DATASOURCE},
}
PANEL = {
    "type": "object",
    "required": ["id", "type", "title", "gridPos"],
    "properties": {
        "id": {"type": "integer", "minimum": 1},
        "type": {"enum": ["row", "stat", "timeseries"]},
        "title": {"type": "string", "minLength": 1},
        "gridPos": GRID,
        "targets": {"type": "array", "minItems": 1, "items": TARGET},
    },
    "if": {"properties": {"type": {"const": "row"}}},
    "then": {"required": ["collapsed", "panels"]},
    "else": {"required": ["datasource", "targets", "fieldConfig", "options"]},
}
VARIABLE = {
    "type": "object",
    "required": ["name", "type"],
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z]+$"},
        "type": {"enum": ["datasource", "query"]},
        "hide": {"enum": [0, 1, 2]},
        "refresh": {"enum": [0, 1, 2]},
    },
}
# What Grafana's schema of dashboards (kind Dashboard, version 39) requires, and what provisioning does.
DASHBOARD = {
    "type": "object",
    "required": ["uid", "title", "schemaVersion", "version", "time", "timezone", "templating", "annotations", "panels", "tags"],
    "properties": {
        "uid": {"type": "string", "pattern": "^[a-zA-Z0-9_-]{1,40}$"},
        "title": {"type": "string", "minLength": 1},
        # The database gives it: a file that has one overwrites another's dashboard.
        "id": {"type": "null"},
        "schemaVersion": {"type": "integer", "minimum": 36},
        "version": {"type": "integer"},
        "time": {"type": "object", "required": ["from", "to"]},
        "templating": {"type": "object", "required": ["list"], "properties": {"list": {"type": "array", "items": VARIABLE}}},
        "annotations": {"type": "object", "required": ["list"]},
        "tags": {"type": "array", "contains": {"const": "tidegate"}},
        "panels": {"type": "array", "minItems": 1, "items": PANEL},
    },
}
# In the place of what Grafana fills in.
FILLED = {"$__rate_interval": "1m", "$__interval": "1m", "$__range": "1h", "$namespace": ".*", "$instance": ".*"}
# On no dashboard: what it says is in others.
NOT_SHOWN = {"process_virtual_memory_bytes", "process_start_time_seconds"}


def dashboards() -> dict[str, Any]:
    return {path.name: json.loads(path.read_text()) for path in sorted(DASHBOARDS.glob("*.json"))}


def filled(expression: str, values: dict[str, str] = FILLED) -> str:
    for variable, value in values.items():
        expression = expression.replace(variable, value)
    return expression


def queries() -> Iterator[tuple[str, str, str]]:
    """Dashboard, panel and expression of each query."""
    for name, dashboard in dashboards().items():
        for panel in dashboard["panels"]:
            for target in panel.get("targets", []):
                yield name, panel["title"], target["expr"]


class Dashboards(unittest.TestCase):
    def test_they_have_what_grafana_requires(self) -> None:
        self.assertEqual(list(dashboards()), ["edge.json", "ingestor.json", "overview.json"])
        for name, dashboard in dashboards().items():
            with self.subTest(name):
                jsonschema.validate(dashboard, DASHBOARD, jsonschema.Draft202012Validator)

    def test_uids_and_the_ids_of_panels_are_unique(self) -> None:
        uids = [dashboard["uid"] for dashboard in dashboards().values()]
        self.assertEqual(len(uids), len(set(uids)))
        for name, dashboard in dashboards().items():
            identifiers = [panel["id"] for panel in dashboard["panels"]]
            self.assertEqual(len(identifiers), len(set(identifiers)), name)

    def test_no_panel_covers_another_one(self) -> None:
        for name, dashboard in dashboards().items():
            taken: dict[tuple[int, int], str] = {}
            for panel in dashboard["panels"]:
                grid = panel["gridPos"]
                self.assertLessEqual(grid["x"] + grid["w"], 24, panel["title"])
                for x in range(grid["x"], grid["x"] + grid["w"]):
                    for y in range(grid["y"], grid["y"] + grid["h"]):
                        self.assertNotIn((x, y), taken, f"{name}: {panel['title']} covers {taken.get((x, y))}")
                        taken[x, y] = panel["title"]

    def test_prometheus_takes_each_query(self) -> None:
        rules = [
            {"record": "query", "labels": {"dashboard": name, "panel": panel, "number": str(number)}, "expr": filled(expression)}
            for number, (name, panel, expression) in enumerate(queries())
        ]
        self.assertGreater(len(rules), 80)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "queries.yaml"
            path.write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]}))
            run(tool("promtool"), "check", "rules", "--lint=none", str(path))

    def test_no_variable_is_left_that_is_not_filled(self) -> None:
        for name, panel, expression in queries():
            self.assertNotIn("$", filled(expression), f"{name}: {panel}")
        for name, dashboard in dashboards().items():
            declared = {variable["name"] for variable in dashboard["templating"]["list"]}
            used = set(re.findall(r"\$\{?([a-z]+)\b", json.dumps(dashboard))) - {"__rate_interval"}
            self.assertEqual(used - declared, set(), name)

    def test_they_show_metrics_and_labels_that_exist(self) -> None:
        for name, panel, expression in queries():
            self.assertEqual(problems_of(filled(expression)), [], f"{name}: {panel}")

    def test_legends_name_labels_that_the_query_keeps(self) -> None:
        for name, dashboard in dashboards().items():
            for panel in dashboard["panels"]:
                for target in panel.get("targets", []):
                    kept = re.match(r"(?:sum|count) by \(([^)]*)\)", target["expr"])
                    for label in re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]) if kept else []:
                        self.assertIn(label, kept[1].split(", "), f"{name}: {panel['title']}")

    def test_each_metric_is_shown_on_one_of_them(self) -> None:
        shown = {metric_of(series) for _, _, expression in queries() for series in series_in(filled(expression))}
        self.assertEqual(set(metrics()) - shown - NOT_SHOWN, set())

    def test_each_panel_has_a_unit(self) -> None:
        for name, dashboard in dashboards().items():
            for panel in dashboard["panels"]:
                if panel["type"] != "row":
                    self.assertTrue(panel["fieldConfig"]["defaults"].get("unit"), f"{name}: {panel['title']}")


class Provisioning(unittest.TestCase):
    def test_compose_mounts_what_provisioning_names(self) -> None:
        mounts = dict(mount.split(":")[1::-1] for mount in load("compose.yaml")["services"]["grafana"]["volumes"])
        provider = load("deploy/grafana/provisioning/dashboards/tidegate.yaml")["providers"][0]
        self.assertEqual((ROOT / mounts[provider["options"]["path"]]).resolve(), DASHBOARDS)
        self.assertEqual((ROOT / mounts["/etc/grafana/provisioning"]).resolve(), ROOT / "deploy/grafana/provisioning")

    def test_the_data_source_is_the_prometheus_of_compose(self) -> None:
        source = load("deploy/grafana/provisioning/datasources/prometheus.yaml")["datasources"][0]
        self.assertEqual((source["type"], source["url"]), ("prometheus", "http://prometheus:9090"))
        self.assertIn("prometheus", load("compose.yaml")["services"])
        interval = load("deploy/prometheus/prometheus.yaml")["global"]["scrape_interval"]
        self.assertEqual(source["jsonData"]["timeInterval"], interval)
