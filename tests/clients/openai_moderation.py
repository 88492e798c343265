"""Asks for moderation as a platform does that has OpenAI's client already, and prints what it got.

Reads, as its argument: {"base": URL, "key": SECRET, "calls": [ARGUMENTS, ...]}.
"""

import json
import sys

import openai

told = json.loads(sys.argv[1])
client = openai.OpenAI(base_url=told["base"] + "/v1", api_key=told["key"], max_retries=0)


def answer(arguments):
    try:
        response = client.moderations.with_raw_response.create(**arguments)
    except openai.APIStatusError as error:
        kind = type(error).__name__
        return {"error": kind, "code": error.code, "param": error.param, "type": error.type, "status": error.status_code}
    moderation = response.parse()
    return {
        "id": moderation.id,
        "model": moderation.model,
        "unjudged": response.headers.get("x-ombud-unjudged-categories"),
        "results": [
            {
                "flagged": result.flagged,
                # By attribute, as platforms read them: a category that is missing would be an error here.
                "harassment": [result.categories.harassment, result.category_scores.harassment],
                "hate_threatening": [result.categories.hate_threatening, result.category_scores.hate_threatening],
                "illicit": [result.categories.illicit, result.category_scores.illicit],
                "judged": [name for name, kinds in result.category_applied_input_types.to_dict().items() if kinds],
                "categories": result.categories.to_dict(),
            }
            for result in moderation.results
        ],
    }


print(json.dumps([answer(arguments) for arguments in told["calls"]]))
