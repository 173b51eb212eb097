import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { auditLogConformance } from "../audit-log.conformance.ts";
import { type MaintainedAuditLog, openAuditLog } from "../audit-log.ts";
import { newEvent, newFolder, newSigner } from "../events.fixture.ts";
import { groupsBefore, sightedGroupsBefore } from "../sql/statements.ts";
import { verifyTrail } from "../verify.ts";
import { evidenceIn } from "./reading.ts";
import { openSqliteAuditStore } from "./sqlite-store.ts";

auditLogConformance("SQLite", async () => {
  const directory = newFolder();
  return {
    openStore: () => openSqliteAuditStore(directory),
    reading: (use) => use(evidenceIn(join(directory, "audit.db"))),
    remove: async () => rmSync(directory, { recursive: true }),
  };
});

const signer = newSigner("key-1");
const here = { accountId: "123456789012", region: "us-east-1", limit: 50 };

describe("the audit log in a file", () => {
  let directory: string;
  let log: MaintainedAuditLog;

  beforeEach(() => {
    directory = newFolder();
  });

  afterEach(async () => {
    await log.close();
    rmSync(directory, { recursive: true });
  });

  async function open(): Promise<void> {
    const clock = { now: () => 1_700_000_000_000 };
    log = await openAuditLog(await openSqliteAuditStore(directory), {
      clock,
      signer,
      retentionDays: 1,
    });
  }

  async function brokenAt() {
    const evidence = evidenceIn(join(directory, "audit.db"));
    return (await verifyTrail(evidence, () => signer.publicKey)).broken;
  }

  test("belongs to its owner alone", async () => {
    await open();
    await log.append(newEvent());
    for (const name of ["audit.db", "audit.db-wal", "audit.db-shm"]) {
      expect(statSync(join(directory, name)).mode & 0o777, name).toBe(0o600);
    }
  });

  test("of a newer program is refused", async () => {
    await open();
    await log.close();
    const database = new DatabaseSync(join(directory, "audit.db"));
    const version = database.prepare("PRAGMA user_version").get()?.user_version;
    database.exec("PRAGMA user_version = 99");
    const refusal = {
      name: "Unavailable",
      message: expect.stringContaining("written by a newer Claviger"),
      hint: expect.stringContaining("start a Claviger that is as new"),
    };
    await expect(open()).rejects.toMatchObject(refusal);
    await expect(brokenAt()).rejects.toMatchObject(refusal);
    database.exec(`PRAGMA user_version = ${version}`);
    database.close();
    await open();
  });

  test("notes who read what before that was noted", async () => {
    await open();
    const [secretArn = ""] = newEvent().resources;
    const reads = () => log.secretReads({ secretArn, since: 0, limit: 10 });
    for (const versionId of ["one", "two", "two"]) await log.append(newEvent({ versionId }));
    const noted = await reads();
    expect(noted).toHaveLength(2);
    await log.close();
    const database = new DatabaseSync(join(directory, "audit.db"));
    database.exec(`DROP TABLE "audit_reads"; PRAGMA user_version = 5`);
    database.close();
    await open();
    expect(await reads()).toEqual(noted);
  });

  test("walks the sightings in their order, and sorts nothing", async () => {
    await open();
    const database = new DatabaseSync(join(directory, "audit.db"));
    for (const { text } of [sightedGroupsBefore, groupsBefore]) {
      const plan = database.prepare(`EXPLAIN QUERY PLAN ${text.replaceAll("$", "?")}`).all();
      expect(JSON.stringify(plan)).not.toMatch(/TEMP B-TREE|SCAN /);
    }
    database.close();
  });

  describe("in a process of its own", () => {
    function child(mode: string, command = process.execPath, words: string[] = []) {
      const file = fileURLToPath(new URL("./sqlite-store.child.ts", import.meta.url));
      const started = spawn(command, [...words, file, mode, directory], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let said = "";
      started.stdout.on("data", (data) => {
        said += data;
      });
      return { started, said: () => said };
    }

    test("keeps every event it acknowledged when it is killed, and a whole chain", async () => {
      const { started, said } = child("append-until-killed");
      while (said().split("\n").length < 100) await once(started.stdout, "data");
      started.kill("SIGKILL");
      await once(started, "close");
      await open();
      for (const value of said().trim().split("\n")) {
        const { events } = await log.query({ ...here, attribute: { key: "EventId", value } });
        expect(events).toHaveLength(1);
      }
      await log.append(newEvent());
      expect(await brokenAt()).toBeUndefined();
    });

    test.runIf(process.platform === "linux")(
      "rejects and says why while the disk is full, and recovers by itself",
      async () => {
        // A limit on file sizes fails the writes as a full disk does; prlimit lifts it later.
        const shell = `ulimit -S -f 2000 && exec "${process.execPath}" "$@"`;
        const { started, said } = child("fill-the-disk", "sh", ["-c", shell, "sh"]);
        await once(started, "close");
        expect(said().trim().split("\n")).toEqual([
          expect.stringMatching(/^rejected: ServiceUnavailable$/),
          expect.stringMatching(/^trouble: The audit log can't be written: .+$/),
          "recovered: undefined",
          "appended",
        ]);
        await open();
        expect(await brokenAt()).toBeUndefined();
      },
    );
  });
});
