"""Scrapes a page of metrics in both formats, has each read by whoever reads it strictly, and prints what was found as JSON.

    metrics.py URL [TOKEN]

Ends with an error on the first complaint: of promtool, of prometheus-client's parsers, or about the content type.
"""

import json
import subprocess
import sys
import urllib.request

from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text

OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
TEXT = "text/plain; version=0.0.4; charset=utf-8"


def fetch(url, accept, token):
    headers = {"Accept": accept} | ({"Authorization": f"Bearer {token}"} if token else {})
    request = urllib.request.Request(url, headers=headers)
    with urllib.request.urlopen(request, timeout=30) as response:
        return response.headers["Content-Type"], response.read().decode()


def names(families):
    """Each family by the name of its samples, as people query it."""
    found = {}
    for family in families:
        assert family.documentation, f"{family.name} has no help"
        assert family.type != "unknown", f"{family.name} has no type"
        name = family.name + ("_total" if family.type == "counter" else "")
        found[name] = sum(sample.value for sample in family.samples if sample.name in (name, f"{name}_count"))
    return found


def main(url, token=None):
    kind, text = fetch(url, TEXT, token)
    assert kind == TEXT, kind
    check = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False)
    assert check.returncode == 0 and not check.stdout and not check.stderr, check.stdout + check.stderr
    kind, openmetrics = fetch(url, OPENMETRICS, token)
    assert kind == OPENMETRICS, kind
    old, new = names(read_text(text)), names(read_openmetrics(openmetrics))
    assert list(old) == list(new), sorted(set(old) ^ set(new))
    print(json.dumps(old))


main(*sys.argv[1:])
