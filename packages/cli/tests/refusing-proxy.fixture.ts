/**
 * A way to the stores that refuses one write, in the words of a service that quotes what it was
 * sent: what comes of it must still not hold a value.
 */
import { once } from "node:events";
import { createServer, request } from "node:http";
import { buffer } from "node:stream/consumers";

export interface RefusingProxy {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * The write of that number, counted from 1, is refused, once `before` is done; all else is passed
 * on as it was signed.
 */
export async function refuseWrite(
  endpoint: string,
  number: number,
  before: () => Promise<void> = async () => {},
): Promise<RefusingProxy> {
  let writes = 0;
  const server = createServer(async (asked, reply) => {
    const body = await buffer(asked);
    if (/Put|Create/.test(String(asked.headers["x-amz-target"])) && ++writes === number) {
      await before();
      const { Value, SecretString } = JSON.parse(body.toString());
      const [quoted] = Value === undefined ? Object.values(JSON.parse(SecretString)) : [Value];
      const message = `1 validation error: '${quoted}' is not to our taste`;
      reply.writeHead(400, { "content-type": "application/x-amz-json-1.1" });
      reply.end(JSON.stringify({ __type: "ValidationException", message }));
      return;
    }
    const { method = "", url = "", headers } = asked;
    const passedOn = request(new URL(url, endpoint), { method, headers }, (answered) => {
      reply.writeHead(answered.statusCode ?? 500, answered.headers);
      answered.pipe(reply);
    });
    passedOn.end(body);
  }).listen(0, "127.0.0.1");
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
