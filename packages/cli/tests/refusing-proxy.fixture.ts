/**
 * A way to the stores that refuses some writes, in the words of a service that quotes what it was
 * sent: what comes of it must still not hold a value.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";

export interface RefusingProxy {
  readonly url: string;
  stop(): Promise<void>;
}

export interface Write {
  /** Counted from 1. */
  readonly number: number;
  /** The parameter's or the secret's. */
  readonly name: string;
  readonly value: string;
}

/** An error of AWS's, by its code; "cut" breaks the connection. */
type Refusal = "ValidationException" | "AccessDeniedException" | "ThrottlingException" | "cut";

/** What `judge` says nothing of is passed on as it was signed, and all that is no write. */
export async function refuseWrites(
  endpoint: string,
  judge: (write: Write) => Refusal | undefined | Promise<Refusal | undefined>,
): Promise<RefusingProxy> {
  let number = 0;
  const server = createServer(async (asked, reply) => {
    const body = await buffer(asked);
    if (/Put|Create/.test(String(asked.headers["x-amz-target"]))) {
      const write = { number: ++number, ...contentOf(body) };
      const refusal = await judge(write);
      if (refusal !== undefined) return refuse(reply, refusal, write);
    }
    passOn(asked, body, reply);
  }).listen(0, "127.0.0.1");
  const passOn = (asked: IncomingMessage, body: Buffer, reply: ServerResponse) => {
    const { method = "", url = "", headers } = asked;
    const passedOn = request(new URL(url, endpoint), { method, headers }, (answered) => {
      reply.writeHead(answered.statusCode ?? 500, answered.headers);
      answered.pipe(reply);
    });
    passedOn.end(body);
  };
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function contentOf(body: Buffer): Pick<Write, "name" | "value"> {
  const { Name, SecretId, Value, SecretString } = JSON.parse(body.toString());
  const [value] = Value === undefined ? Object.values(JSON.parse(SecretString)) : [Value];
  return { name: Name ?? SecretId, value: String(value) };
}

function refuse(reply: ServerResponse, refusal: Refusal, { value }: Write): void {
  if (refusal === "cut") {
    reply.destroy();
    return;
  }
  const message = `1 validation error: '${value}' is not to our taste`;
  reply.writeHead(400, { "content-type": "application/x-amz-json-1.1" });
  reply.end(JSON.stringify({ __type: refusal, message }));
}
