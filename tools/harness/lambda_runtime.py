"""A stand-in for AWS's runtime interface emulator: one Python function behind Lambda's Invoke API.

Said with: python3 lambda_runtime.py FILE.py FUNCTION_NAME PORT. It imports the file, listens on that
port of loopback, prints a line once it does, and ends with its standard input. What the function
raises is answered as Lambda's Python runtime does: 200, X-Amz-Function-Error, and the error as JSON.
"""

import importlib
import json
import logging
import os
import sys
import threading
import traceback
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit


def main(file, name, port):
    # Lambda's runtime too has a handler there before the function is imported.
    logging.basicConfig(format="[%(levelname)s]\t%(message)s")
    sys.path.insert(0, str(Path(file).parent))
    module = importlib.import_module(Path(file).stem)
    server = ThreadingHTTPServer(("127.0.0.1", int(port)), invoke_api(name, module.lambda_handler))
    print("listening", flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
    # An invocation that is under way would be waited for, and whoever asked has gone.
    os._exit(0)


def invoke_api(name, handler):
    class InvokeApi(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            if not asks_for(name, self.path):
                function = f"arn:aws:lambda:us-east-1:123456789012:function:{name}"
                message = f"Function not found: the one here is {function}"
                self.refuse(404, "ResourceNotFoundException", message)
                return
            try:
                event = json.loads(body or b"null")
            except ValueError as error:
                message = f"Could not parse request body into json: {error}"
                self.refuse(400, "InvalidRequestContentException", message)
                return
            context = Context(name)
            try:
                result = handler(event, context)
            except Exception as error:
                self.reply(200, failure(error, context), {"X-Amz-Function-Error": "Unhandled"})
                return
            self.reply(200, result, {})

        def refuse(self, status, error_type, message):
            self.reply(status, {"Type": "User", "Message": message}, {"X-Amzn-ErrorType": error_type})

        def reply(self, status, payload, headers):
            body = json.dumps(payload).encode()
            self.send_response(status)
            for header, value in headers.items():
                self.send_header(header, value)
            self.send_header("X-Amz-Executed-Version", "$LATEST")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Standard error is the function's log."""

    return InvokeApi


def asks_for(name, path):
    """Callers name a function by its name or by its ARN, with or without a version or alias."""
    parts = [unquote(part) for part in urlsplit(path).path.split("/")]
    if len(parts) != 5 or parts[1:3] != ["2015-03-31", "functions"] or parts[4] != "invocations":
        return False
    return parts[3].split(":function:")[-1].split(":")[0] == name


def failure(error, context):
    return {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "requestId": context.aws_request_id,
        # From the function's own first line on.
        "stackTrace": traceback.format_tb(error.__traceback__)[1:],
    }


class Context:
    """What functions look at of Lambda's context object."""

    function_version = "$LATEST"
    memory_limit_in_mb = "128"

    def __init__(self, name):
        self.aws_request_id = str(uuid.uuid4())
        self.function_name = name
        self.invoked_function_arn = f"arn:aws:lambda:us-east-1:123456789012:function:{name}"


if __name__ == "__main__":
    main(*sys.argv[1:])
