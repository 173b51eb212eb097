"""Rotates a token of an API that makes two of them at most: here the weather provider's.

The secret's value is the token itself. Environment: SECRETS_MANAGER_ENDPOINT; TOKENS_URL, where the
provider makes, lists and deletes tokens; MANAGEMENT_SECRET, the secret with the key that may do so.
"""

import json
import os
import sys
import urllib.request

import rotation


def lambda_handler(event, context):
    rotation.rotate(event, sys.modules[__name__])


def new_value(secret):
    management = secret.client.get_secret_value(SecretId=os.environ["MANAGEMENT_SECRET"])
    key = management["SecretString"]
    current = ask("GET", "/self", secret.value("AWSCURRENT"))["id"]
    # Room for the new one: the token before the current one goes, or what a failed try has left.
    for other in ask("GET", "", key)["tokens"]:
        if other["id"] != current and other["name"] != secret.token:
            ask("DELETE", f"/{other['id']}", key)
    # For the same idempotency key the provider gives the same token, so none is ever lost.
    made = ask("POST", "", key, {"name": secret.token}, {"Idempotency-Key": secret.token})
    return made["token"]


def set_value(secret):
    """The provider knows the token since it made it."""


def test_value(secret):
    ask("GET", "/self", secret.value("AWSPENDING"))


def ask(method, path, bearer, body=None, headers=None):
    request = urllib.request.Request(
        os.environ["TOKENS_URL"] + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {bearer}", **(headers or {})},
    )
    with urllib.request.urlopen(request, timeout=10) as reply:
        return json.loads(reply.read() or b"null")
