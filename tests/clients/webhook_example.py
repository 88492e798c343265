"""Runs the example of docs/webhooks.md as it stands there, in a receiver's place.

Reads, as its argument: {"example": "...", "calls": [{"secret": ..., "headers": ..., "body": ...}, ...]}. Prints, for each call,
the id of the event that was told; null where the example raised because the message is not from ombud.
"""

import json
import sys
from types import SimpleNamespace

from standardwebhooks.webhooks import WebhookVerificationError

asked = json.loads(sys.argv[1])


def told(call):
    request = SimpleNamespace(body=call["body"].encode(), headers=call["headers"])
    names = {"secret": call["secret"], "request": request}
    try:
        exec(asked["example"], names)
    except WebhookVerificationError:
        return None
    return names["told"]["data"]["id"]


print(json.dumps([told(call) for call in asked["calls"]]))
