"""SES's suppression list of each account and region, which MiniStack shows as empty and does not take."""

import json
import time
from urllib.parse import unquote

from ministack.core.responses import get_account_id, get_region, json_response
from ministack.services import ses_v2

PREFIX = "/v2/email/suppression/addresses"
_lists: dict[tuple[str, str], dict[str, dict]] = {}


def install():
    native = ses_v2.handle_request

    async def handle_request(method, path, headers, body, query_params):
        if not path.startswith(PREFIX):
            return await native(method, path, headers, body, query_params)
        return _answer(method, unquote(path[len(PREFIX) + 1 :]), body)

    ses_v2.handle_request = handle_request


def _answer(method, address, body):
    addresses = _lists.setdefault((get_account_id(), get_region()), {})
    if method == "PUT":
        wanted = json.loads(body)
        addresses[wanted["EmailAddress"]] = {**wanted, "LastUpdateTime": time.time()}
        return json_response({})
    if not address:
        return json_response({"SuppressedDestinationSummaries": list(addresses.values())})
    if address not in addresses:
        return ses_v2._json_err("NotFoundException", f"Email address {address} does not exist on your suppression list.")
    if method == "DELETE":
        del addresses[address]
        return json_response({})
    return json_response({"SuppressedDestination": addresses[address]})
