/** A receiver of notices, which takes every one and counts how often it came. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { temporaryFolder } from "../../harness/vault-process.ts";

export interface DeliveredNotice {
  readonly id: string;
  readonly kind: string;
  readonly arn: string;
  readonly time: string;
}

export interface WebhookReceiver {
  /** Words of `claviger server` that send notices here. */
  readonly flags: readonly string[];
  readonly delivered: readonly DeliveredNotice[];
  close(): void;
}

export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const delivered: DeliveredNotice[] = [];
  const server = createServer(async (request, reply) => {
    delivered.push((await json(request)) as DeliveredNotice);
    reply.writeHead(204).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const secretFile = join(temporaryFolder("webhook"), "secret");
  writeFileSync(secretFile, randomBytes(32).toString("hex"), { mode: 0o600 });
  return {
    flags: [
      "--notices-webhook",
      `http://127.0.0.1:${port}/notices`,
      "--notices-secret-file",
      secretFile,
    ],
    delivered,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
