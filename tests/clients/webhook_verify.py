"""Verifies webhooks as a receiver does that uses the PyPI library of Standard Webhooks.

Reads, as its argument: {"secrets": [...], "messages": [{"headers": ..., "body": ...}, ...]}. Prints, for each secret and
message, what was told; null where the message does not verify.
"""

import json
import sys

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

told = json.loads(sys.argv[1])


def verified(secret, message):
    try:
        payload = Webhook(secret).verify(message["body"], message["headers"])
    except WebhookVerificationError:
        return None
    return {"id": payload["data"]["id"], "type": payload["type"]}


print(json.dumps([[verified(secret, message) for message in told["messages"]] for secret in told["secrets"]]))
