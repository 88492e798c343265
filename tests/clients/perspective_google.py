"""Google's own API client, pointed at ombud by its discovery document, as a platform calls Perspective with it."""

import json
import sys

from googleapiclient import discovery
from googleapiclient.errors import HttpError

told = json.loads(sys.argv[1])


def client(key):
    return discovery.build(
        "commentanalyzer",
        "v1alpha1",
        developerKey=key,
        discoveryServiceUrl=told["base"] + "/$discovery/rest?version=v1alpha1",
        static_discovery=False,
    )


def failure(request):
    try:
        request.execute()
    except HttpError as error:
        return {"status": error.resp.status, "reason": error.reason, "details": error.error_details}
    return None


api = client(told["key"])
ask = {
    "comment": {"text": told["text"]},
    "requestedAttributes": {"TOXICITY": {}, "THREAT": {"scoreThreshold": 0.999}},
    "languages": ["en"],
    "clientToken": "t-1",
}
suggestion = {
    "comment": {"text": told["text"]},
    "attributeScores": {"TOXICITY": {"summaryScore": {"value": 0.0}}},
    "clientToken": "t-2",
}
batched = {}
batch = api.new_batch_http_request(
    callback=lambda name, answer, error: batched.update({name: answer or error.resp.status})
)
batch.add(api.comments().analyze(body=ask), request_id="good")
batch.add(api.comments().analyze(body={**ask, "comment": {"text": ""}}), request_id="empty")
batch.execute()

print(json.dumps({
    "batched": batched,
    "analyzed": api.comments().analyze(body=ask).execute(),
    "suggested": api.comments().suggestscore(body=suggestion).execute(),
    "empty": failure(api.comments().analyze(body={**ask, "comment": {"text": ""}})),
    "unknown": failure(api.comments().analyze(body={**ask, "requestedAttributes": {"WIT": {}}})),
    "bad_key": failure(client("wrong").comments().analyze(body=ask)),
}))
