"""Sends what a property-based tester makes of the API's own description, and prints what it found.

Reads {"url", "key", "examples", "seed"}; prints {"passed", "said"}. Outside the tests:

    python tests/clients/schemathesis_run.py '{"url": "http://127.0.0.1:8080", "key": "…", "examples": 500, "seed": 1}'
"""

import json
import os
import subprocess
import sys
import tempfile

# Its serialisers know no NDJSON: a batch is sent as the text that was made.
HOOKS = """
import schemathesis

@schemathesis.serializer("application/x-ndjson")
def ndjson(ctx, value):
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
"""

# What a schema can't say, ombud says with a problem: that a text must hold more than white space, that a rejection needs
# a reason. So a body that fits the schema may still be refused.
CONFIG = """
hooks = "hooks"
[checks.positive_data_acceptance]
enabled = false

# A batch is answered line by line: what is wrong with a line stands in its answer.
[[operations]]
include-path = "/v1/comments:batch"
[operations.checks.negative_data_rejection]
enabled = false
"""

told = json.loads(sys.argv[1])
with tempfile.TemporaryDirectory() as folder:
    for name, text in [("hooks.py", HOOKS), ("schemathesis.toml", CONFIG)]:
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)
    ran = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "run", told["url"] + "/openapi.json",
         "--header", "Authorization: Bearer " + told["key"], "--max-examples", str(told["examples"]),
         "--seed", str(told["seed"]), "--no-color", "--warnings", "off"],
        cwd=folder, env={**os.environ, "PYTHONPATH": folder}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, check=False)
print(json.dumps({"passed": ran.returncode == 0, "said": ran.stdout}))
