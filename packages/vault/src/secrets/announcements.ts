/** The sweep that announces the ends of tokens (`expiry.ts`), each moment once. */
import type { NoticeSink } from "../notices.ts";
import { retryOnConflict } from "../storage/storage.ts";
import { dueAnnouncement } from "./expiry.ts";
import { announcementIndex, putSecret, secretTable } from "./records.ts";
import type { Stores } from "./stores.ts";

const secretsPerBatch = 100;

/**
 * Announces all that is due, in every account. What can't be told holds up nothing else: it is
 * left for the next time, and the first reason is thrown at the end.
 */
export async function announceExpiries(stores: Stores, notices: NoticeSink): Promise<void> {
  const faults: unknown[] = [];
  for (let after: string | undefined; ; ) {
    const range = { prefix: "", after, limit: secretsPerBatch };
    const earliest = await stores.storage.listByIndex(secretTable, announcementIndex, range);
    const now = stores.clock.now();
    const due = earliest.filter(({ body }) => dueAnnouncement(body, now) !== undefined);
    for (const { key } of due) {
      await announce(stores, notices, key).catch((fault) => faults.push(fault));
    }
    if (due.length < secretsPerBatch) break;
    after = due.at(-1)?.position;
  }
  if (faults.length > 0) throw faults[0];
}

async function announce({ storage, clock }: Stores, notices: NoticeSink, key: string) {
  await retryOnConflict(async () => {
    const row = await storage.get(secretTable, key);
    const announced = row && dueAnnouncement(row.body, clock.now());
    if (row === undefined || announced === undefined) return;
    const { arn, name, tags } = row.body;
    const { endsAt, moment: time } = announced;
    const kind = time === endsAt ? "Expiration" : "ExpirationNotification";
    await notices.give({ kind, arn, name, type: "secret", time, tags });
    await storage.commit([putSecret({ ...row.body, announced }, row)]);
  });
}
