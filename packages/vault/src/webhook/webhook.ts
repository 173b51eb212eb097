/**
 * One notice to one URL: a POST of JSON that the receiver can know for ours by its signature, the
 * HMAC-SHA256 of the moment and the body. Nothing is followed anywhere else.
 */
import { createHmac, type KeyObject } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { Notice } from "../notices.ts";

const replyMillisecondsMax = 10_000;

export interface Webhook {
  /** `https://…`; plain HTTP only on loopback. */
  readonly url: string;
  readonly key: KeyObject;
}

/** Resolves when the receiver has taken it with a status of 200 to 299. */
export async function post(
  { url, key }: Webhook,
  id: string,
  notice: Notice,
  clock: Clock,
): Promise<void> {
  const body = JSON.stringify({ id, ...contentOf(notice) });
  const sentAt = Math.floor(clock.now() / 1000);
  const signature = createHmac("sha256", key).update(`${sentAt}.${body}`).digest("hex");
  const reply = await fetch(url, {
    method: "POST",
    redirect: "manual",
    headers: {
      "content-type": "application/json",
      "claviger-notice-id": id,
      "claviger-signature": `t=${sentAt},v1=${signature}`,
    },
    body,
    signal: AbortSignal.timeout(replyMillisecondsMax),
  });
  await reply.body?.cancel();
  if (!reply.ok) throw new Error(`The webhook answered with status ${reply.status}`);
}

function contentOf({ kind, arn, name, type, time, dueAt, tags, detail }: Notice) {
  return {
    kind,
    arn,
    name,
    type,
    time: new Date(time).toISOString(),
    dueAt: dueAt === undefined ? undefined : new Date(dueAt).toISOString(),
    owner: tags.owner,
    detail,
  };
}
