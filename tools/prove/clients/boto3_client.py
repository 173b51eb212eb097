"""One unmodified boto3 client that does what it is told on standard input, a JSON line a call.

Each line is {"service": …, "operation": …, "input": {…}}; the answer is {"output": …} or
{"code": …}, printed as a JSON line. With "isPaged" the output is the list of all pages, as
boto3's own paginator gives them. Endpoint, region and credentials come from the environment.
"""

import json
import sys

import boto3
from botocore.exceptions import ClientError

clients = {}
for line in sys.stdin:
    call = json.loads(line)
    client = clients.setdefault(call["service"], boto3.client(call["service"]))
    try:
        if call.get("isPaged"):
            output = list(client.get_paginator(call["operation"]).paginate(**call["input"]))
        else:
            output = getattr(client, call["operation"])(**call["input"])
        print(json.dumps({"output": output}, default=str), flush=True)
    except ClientError as error:
        print(json.dumps({"code": error.response["Error"]["Code"]}), flush=True)
