import { rmSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { AuditEvent } from "../event.ts";
import { alice, newEvent, newFolder, newSigner, session } from "../events.fixture.ts";
import { openSqliteAuditLog, type SqliteAuditLog } from "../sqlite-audit-log.ts";

const accountId = "123456789012";
const aliceId = "AIDAEXAMPLEALICE";
const roleId = "AROAEXAMPLEREADER";
const start = 1_700_000_000_000;
const hour = 3_600_000;

let directory: string;
let log: SqliteAuditLog;
let now: number;

beforeEach(async () => {
  directory = newFolder();
  now = start;
  log = await open();
});
afterEach(async () => {
  await log.close();
  rmSync(directory, { recursive: true });
});

function open(): Promise<SqliteAuditLog> {
  return openSqliteAuditLog({
    directory,
    clock: { now: () => now },
    signer: newSigner("key-1"),
    retentionDays: 1,
  });
}

const append = (...events: AuditEvent[]) => Promise.all(events.map((event) => log.append(event)));

/** "service operation region seconds since the start", the latest first. */
async function uses(userId: string, until = Number.MAX_SAFE_INTEGER) {
  const found = await log.lastUses({ accountId, userId, until });
  return found
    .toSorted((a, b) => b.time - a.time)
    .map(({ service, operation, region, time }) =>
      [service, operation, region, (time - start) / 1000].join(" "),
    );
}

test("each action's last use is known, by region, and for its moment", async () => {
  await append(
    newEvent({ time: start }),
    newEvent({ time: start + 10_000 }),
    newEvent({ time: start + 20_000, region: "eu-west-1" }),
    newEvent({ time: start + 30_000, service: "ssm", operation: "GetParameter" }),
    newEvent({ time: start + 40_000, identity: session, accessKeyId: "ASIAEXAMPLE" }),
  );
  expect(await uses(aliceId)).toEqual([
    "ssm GetParameter us-east-1 30",
    "secretsmanager GetSecretValue eu-west-1 20",
    "secretsmanager GetSecretValue us-east-1 10",
  ]);
  expect(await uses(aliceId, start + 9000)).toEqual(["secretsmanager GetSecretValue us-east-1 0"]);
  expect(await uses(roleId)).toEqual(["secretsmanager GetSecretValue us-east-1 40"]);
  // A long-term key's uses are its own; temporary ones come and go with their sessions.
  expect(await uses("AKIAEXAMPLE")).toHaveLength(3);
  expect(await uses("ASIAEXAMPLE")).toEqual([]);
  // No other user's or account's.
  expect(await uses("AIDA")).toEqual([]);
  expect(await log.lastUses({ accountId: "210987654321", userId: aliceId, until: now })).toEqual(
    [],
  );
});

test("who can't prove who it is has used nothing, whatever it calls its action", async () => {
  const forged = `${accountId}\n${aliceId}\nkms\nus-east-1\nDecrypt`;
  await append(
    newEvent({ identity: undefined, accessKeyId: "AKIAEXAMPLE" }),
    newEvent({ identity: undefined, operation: forged, userAgent: forged }),
  );
  expect(await uses(aliceId)).toEqual([]);
  expect(await uses("AKIAEXAMPLE")).toEqual([]);
});

test("uses outlive a restart, and go with the events that they are of", async () => {
  await append(newEvent({ time: start }));
  await log.close();
  log = await open();
  expect(await uses(aliceId)).toHaveLength(1);

  now = start + 30 * hour;
  await append(newEvent({ time: now, identity: { ...alice, principalId: "AIDALATER" } }));
  await log.maintain();
  expect(await uses(aliceId)).toEqual([]);
  expect(await uses("AIDALATER")).toHaveLength(1);
});
