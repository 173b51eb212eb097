/** A way to the vault on which something happens just before the first request of an operation. */
import { once } from "node:events";
import { createServer, request } from "node:http";

export interface Proxy {
  readonly url: string;
  stop(): Promise<void>;
}

/** `target` is the operation's X-Amz-Target. Requests arrive as they were signed. */
export async function startProxy(
  vaultUrl: string,
  target: string,
  before: () => Promise<void>,
): Promise<Proxy> {
  let isBefore = true;
  const server = createServer(async (asked, reply) => {
    if (isBefore && asked.headers["x-amz-target"] === target) {
      isBefore = false;
      await before();
    }
    const { method = "", url = "", headers } = asked;
    const passedOn = request(new URL(url, vaultUrl), { method, headers }, (answered) => {
      reply.writeHead(answered.statusCode ?? 500, answered.headers);
      answered.pipe(reply);
    });
    asked.pipe(passedOn);
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
