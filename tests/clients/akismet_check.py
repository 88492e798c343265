"""Calls Akismet's API as a platform does that has the PyPI client already, and prints what it got.

Reads, as its argument: {"base": URL, "key": SECRET, "calls": [[METHOD, ARGUMENTS], ...]}.
"""

import json
import sys

import akismet
import httpx

told = json.loads(sys.argv[1])


class ToOmbud(httpx.HTTPTransport):
    """The client's address is fixed: this is what a platform gives it to reach another."""

    def handle_request(self, request):
        request.url = httpx.URL(told["base"]).copy_with(raw_path=request.url.raw_path)
        request.headers["host"] = request.url.netloc.decode()
        return super().handle_request(request)


config = akismet.Config(key=told["key"], url="https://paper.example/")
client = akismet.SyncClient(config, httpx.Client(transport=ToOmbud(), headers={"User-Agent": akismet.USER_AGENT}))


def answer(method, arguments):
    try:
        found = getattr(client, method)(**arguments)
    except akismet.AkismetError as error:
        return {"error": type(error).__name__, "message": str(error)}
    return found.name if isinstance(found, akismet.CheckResponse) else found


print(json.dumps([answer(method, arguments) for method, arguments in told["calls"]]))
