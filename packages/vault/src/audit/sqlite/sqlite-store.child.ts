/** The process that the audit log's tests kill and starve. */
import { spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "../../clock.ts";
import { ApiError } from "../../errors.ts";
import { openAuditLog } from "../audit-log.ts";
import { newEvent, newSigner } from "../events.fixture.ts";
import { openSqliteAuditStore } from "./sqlite-store.ts";

const [mode, directory = ""] = process.argv.slice(2);
const log = await openAuditLog(await openSqliteAuditStore(directory), {
  clock: systemClock,
  signer: newSigner("key-1"),
  retentionDays: 1,
});

async function appendUntilKilled(): Promise<void> {
  for (;;) {
    const event = newEvent();
    await log.append(event);
    process.stdout.write(`${event.eventId}\n`);
  }
}

async function fillTheDisk(): Promise<void> {
  let refusal: unknown;
  while (refusal === undefined) {
    const event = newEvent({ responseElements: { filling: "x".repeat(50_000) } });
    await log.append(event).catch((error) => {
      refusal = error;
    });
  }
  console.log(`rejected: ${refusal instanceof ApiError ? refusal.code : refusal}`);
  console.log(`trouble: ${log.trouble}`);
  spawnSync("prlimit", ["--pid", String(process.pid), "--fsize=unlimited:unlimited"]);
  // Nothing is appended: the log finds out on its own.
  while (log.trouble !== undefined) await sleep(100);
  console.log(`recovered: ${log.trouble}`);
  await log.append(newEvent());
  await log.close();
  console.log("appended");
}

if (mode === "fill-the-disk") await fillTheDisk();
else await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(appendUntilKilled));
