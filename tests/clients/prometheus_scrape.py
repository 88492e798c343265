"""Reads metrics with the parser of Prometheus's own client for Python, and prints them as JSON.

Reads, as its argument: {"url": WHERE THEY ARE}.
"""

import json
import sys
import urllib.request

from prometheus_client.parser import text_string_to_metric_families

told = json.loads(sys.argv[1])
with urllib.request.urlopen(told["url"]) as answer:
    text = answer.read().decode()
families = {}
for family in text_string_to_metric_families(text):
    # The parser takes the ending off a counter's name, and off none of its samples.
    name = family.name + ("_total" if family.type == "counter" else "")
    if name in families:
        sys.exit(f"{name} stands twice")
    families[name] = {
        "type": family.type,
        "help": family.documentation,
        "samples": [[sample.name, sample.labels, repr(sample.value)] for sample in family.samples],
    }
print(json.dumps(families))
