/** A way to the stores that can be closed, and that can answer in their place. */
import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

export interface Refusal {
  readonly status: number;
  /** As the services name it: ThrottlingException. */
  readonly code: string;
}

export interface Gate {
  readonly url: string;
  /** Of the operations that were asked for, in order: `AmazonSSM.GetParameters`. */
  readonly asked: string[];
  /** The answer to these operations from now on; undefined passes all on again. */
  refuse(operations: RegExp, refusal: Refusal | undefined): void;
  /** From now on nobody listens there; what was open ends. */
  close(): Promise<void>;
  /** At the same place. */
  reopen(): Promise<void>;
}

/** Passes on to `endpoint` as it was signed, but for the change feed where that `isMissing`. */
export async function startGate(endpoint: string, { isFeedMissing = false } = {}): Promise<Gate> {
  let refused: { readonly operations: RegExp; readonly refusal: Refusal } | undefined;
  const asked: string[] = [];
  const server = createServer((incoming, reply) => {
    const { method = "", url = "", headers } = incoming;
    const operation = String(headers["x-amz-target"] ?? "");
    if (operation !== "") asked.push(operation);
    if (isFeedMissing && url.startsWith("/changes")) return void reply.writeHead(404).end();
    if (refused?.operations.test(operation)) {
      const { status, code } = refused.refusal;
      reply.writeHead(status, { "content-type": "application/x-amz-json-1.1" });
      return void reply.end(JSON.stringify({ __type: code, message: "not now" }));
    }
    const passedOn = request(new URL(url, endpoint), { method, headers }, (answered) => {
      reply.writeHead(answered.statusCode ?? 500, answered.headers);
      answered.pipe(reply);
    });
    passedOn.on("error", () => reply.destroy());
    reply.on("close", () => passedOn.destroy());
    incoming.pipe(passedOn);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    refuse(operations, refusal) {
      refused = refusal && { operations, refusal };
    },
    async close() {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
    async reopen() {
      await once(server.listen(port, "127.0.0.1"), "listening");
    },
  };
}
