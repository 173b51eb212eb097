/**
 * What Lambda's Node runtime does with a handler, as far as an example needs it: takes one event
 * after the other from the Runtime API and gives back what the handler returned or threw.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
import { type RequestOptions, request } from "node:http";
import { text } from "node:stream/consumers";

const api = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;

interface Reply {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

type Handler = (event: unknown) => Promise<unknown>;

const handler = await initialised(process.env._HANDLER ?? "./handler.ts");

for (;;) {
  const { headers, body } = await call("/invocation/next");
  const invocation = `/invocation/${headers["lambda-runtime-aws-request-id"]}`;
  try {
    await call(`${invocation}/response`, (await handler(JSON.parse(body))) ?? null);
  } catch (error) {
    await call(`${invocation}/error`, described(error));
  }
}

async function initialised(module: string): Promise<Handler> {
  try {
    return (await import(module)).handler;
  } catch (error) {
    await call("/init/error", described(error));
    process.exit(1);
  }
}

function described(error: unknown) {
  const { name: errorType, message: errorMessage } = error as Error;
  return { errorType, errorMessage, stackTrace: [] };
}

/** Not by `fetch`, which would give up while there is nothing to do. */
async function call(path: string, body?: unknown): Promise<Reply> {
  const { promise: answered, resolve, reject } = Promise.withResolvers<Reply>();
  const options: RequestOptions = { method: body === undefined ? "GET" : "POST" };
  const asked = request(`${api}${path}`, options, async (response) => {
    resolve({ headers: response.headers, body: await text(response) });
  });
  asked.on("error", reject).end(body === undefined ? undefined : JSON.stringify(body));
  return answered;
}
