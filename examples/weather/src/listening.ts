/** A server on loopback, with its URL and a way to end it. */
import { once } from "node:events";
import type { Server } from "node:http";

export interface Listening {
  readonly url: string;
  close(): Promise<void>;
}

export async function listening(server: Server, port: number): Promise<Listening> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("not listening on a port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
