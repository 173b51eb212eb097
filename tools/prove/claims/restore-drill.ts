/**
 * A backup is worth what its restore is worth: one is taken of a vault under write load, restored
 * to both databases, and everything acknowledged before it began is read from them. Then the vault
 * moves back and forth, and every damaged copy of the file is refused.
 */
import { execFile } from "node:child_process";
import { createHash, randomInt } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import {
  move,
  type Place,
  RootKeyError,
  restore,
  SnapshotError,
  type SnapshotSummary,
  type Verified,
  verifyVault,
} from "@claviger/vault";
import type { RootKeySource } from "../../../packages/vault/src/encryption/root-keys/source.ts";
import { rootKeySource } from "../../../packages/vault/src/encryption/root-keys/sources.ts";
import { encoded } from "../../../packages/vault/src/snapshot/records.ts";
import { readVault, recordsOf } from "../../../packages/vault/src/snapshot/source.ts";
import { demandAllThere, type Write, Writers } from "../../harness/acknowledged-writes.ts";
import { type Postgres, startPostgres } from "../../harness/postgres.ts";
import {
  startVaultProcess,
  temporaryFolder,
  type VaultProcess,
} from "../../harness/vault-process.ts";
import { type Claim, type ClaimRun, demand } from "../claim.ts";

const sizes = {
  reduced: { loadMilliseconds: 1000, damagedCopies: 60 },
  full: { loadMilliseconds: 20_000, damagedCopies: 1000 },
} as const;

const writesMin = 100;

interface Backup {
  readonly path: string;
  readonly summary: SnapshotSummary;
  /** Acknowledged before the backup began. */
  readonly owed: readonly Write[];
}

export const restoreDrill: Claim = {
  name: "restore-drill",
  says: "a backup taken under load brings every acknowledged write back, on either database; a damaged one nothing",
  async run({ root, isFull, print }) {
    const size = isFull ? sizes.full : sizes.reduced;
    const folder = temporaryFolder("restore-drill");
    const run = { root, print, folder, claviger: commandOf(root) };
    const postgres = await startPostgres({ isFast: true });
    try {
      const { backup, vault } = await backUpUnderLoad(run, size.loadMilliseconds);
      await readWhatIsRestored(run, backup, vault, postgres);
      await moveBackAndForth(run, backup, postgres);
      await refuseDamaged(run, backup, size.damagedCopies);
    } finally {
      await postgres.stop();
    }
  },
};

type Command = (words: readonly string[], variables?: Record<string, string>) => Promise<unknown>;

interface Run extends Pick<ClaimRun, "root" | "print"> {
  readonly folder: string;
  /** Runs the command and reads what it prints with --format json. */
  readonly claviger: Command;
}

function commandOf(root: string): Command {
  return async (words, variables = {}) => {
    const { stdout, stderr } = await promisify(execFile)(
      join(root, "packages/cli/bin/claviger"),
      [...words, "--format", "json"],
      { env: { ...process.env, ...variables }, maxBuffer: 64 * 1024 * 1024 },
    );
    return JSON.parse(stdout || stderr);
  };
}

async function backUpUnderLoad(run: Run, milliseconds: number) {
  const dataDirectory = join(run.folder, "data");
  const vault = await startVaultProcess({ root: run.root, dataDirectory });
  const path = join(run.folder, "vault.snapshot");
  try {
    const writers = new Writers(vault.environment, "restore-drill");
    await sleep(milliseconds);
    // A busy machine may hardly have begun by then.
    while (writers.acknowledged.length < writesMin && writers.cut.length === 0) await sleep(20);
    const owed = [...writers.acknowledged];
    const words = ["backup", "--data", dataDirectory, "--to", path];
    const summary = (await run.claviger(words)) as SnapshotSummary;
    const during = writers.acknowledged.length - owed.length;
    await writers.stop();
    demand(during > 0, "nothing was written meanwhile: this shows nothing");
    demand(writers.cut.length === 0, `${writers.cut.length} writes failed`);
    const { rows, events } = summary;
    run.print(
      `${owed.length} writes acknowledged, a backup while ${during} more were, by 8 writers`,
    );
    run.print(`the snapshot: ${rows} rows, ${events} audit events`);
    demand(events >= owed.length, "the trail lacks events of acknowledged writes");
    return { backup: { path, summary, owed } satisfies Backup, vault };
  } finally {
    await vault.stop();
  }
}

async function readWhatIsRestored(
  run: Run,
  { path, owed }: Backup,
  { dataDirectory, environment }: VaultProcess,
  postgres: Postgres,
): Promise<void> {
  const rootKey = `file:${join(dataDirectory, "root.key")}`;
  const rootCredentials = {
    accessKeyId: environment.AWS_ACCESS_KEY_ID ?? "",
    secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? "",
  };
  const verified = (await run.claviger(["verify", "--from", path], {
    CLAVIGER_ROOT_KEY: rootKey,
  })) as Verified;
  demand(verified.problems.length === 0, "verify found problems in the file");
  const folder: Place = { type: "folder", directory: join(run.folder, "restored") };
  await run.claviger(["restore", "--from", path, "--data", folder.directory]);
  const database: Place = { type: "postgres", url: await postgres.newDatabase() };
  await restore(path, database, quiet);
  for (const place of [folder, database]) {
    await demandOpensWith(place, rootKeyIn(dataDirectory));
    await demandClosed(place, otherRootKey(run.folder));
    const restored = await startVaultProcess({
      root: run.root,
      dataDirectory: place.type === "folder" ? place.directory : join(run.folder, "node"),
      database: place.type === "folder" ? undefined : place.url,
      rootKey,
      rootCredentials,
    });
    try {
      await demandAllThere(restored.environment, { acknowledged: owed, cut: [] });
    } finally {
      await restored.stop();
    }
    run.print(
      `${place.type === "folder" ? "SQLite" : "PostgreSQL"}: whole; ` +
        `all ${owed.length} values are read with the root key, none with another`,
    );
  }
}

const quiet = () => {};

function rootKeyIn(directory: string): RootKeySource {
  const path = join(directory, "root.key");
  return rootKeySource({ type: "file", path, isMadeIfMissing: false }, undefined);
}

function otherRootKey(folder: string): RootKeySource {
  const other = join(folder, "other");
  mkdirSync(other, { recursive: true });
  const text = Buffer.alloc(32, "another").toString("base64");
  writeFileSync(join(other, "root.key"), text, { mode: 0o600 });
  return rootKeyIn(other);
}

async function demandOpensWith(place: Place, rootKey: RootKeySource): Promise<void> {
  const { problems } = await verifyVault(place, { rootKey, onProgress: quiet });
  demand(problems.length === 0, `verify found ${problems.length} problems`);
}

async function demandClosed(place: Place, rootKey: RootKeySource): Promise<void> {
  const refusal = await verifyVault(place, { rootKey, onProgress: quiet }).then(
    () => undefined,
    (error: unknown) => error,
  );
  demand(refusal instanceof RootKeyError, "another root key opened the vault");
}

async function moveBackAndForth(run: Run, { path }: Backup, postgres: Postgres): Promise<void> {
  const start: Place = { type: "folder", directory: join(run.folder, "start") };
  const end: Place = { type: "folder", directory: join(run.folder, "end") };
  const middle: Place = { type: "postgres", url: await postgres.newDatabase() };
  await restore(path, start, quiet);
  const before = await digestOf(start);
  await run.claviger(["migrate", "--from", start.directory, "--to", middle.url]);
  demand((await digestOf(middle)) === before, "PostgreSQL has other rows than SQLite had");
  await move(middle, end, { madeBy: "prove", isServedAnyway: false, onProgress: quiet });
  demand((await digestOf(end)) === before, "SQLite has other rows than PostgreSQL had");
  run.print("moved from SQLite to PostgreSQL and back: the same rows and trail, byte by byte");
}

/** Over every row, index entry and piece of evidence, in order. */
function digestOf(place: Place): Promise<string> {
  return readVault(place, async (source) => {
    const digest = createHash("sha256");
    for await (const record of recordsOf(place, source, { madeAt: 0, madeBy: "" })) {
      if (record.type !== "snapshot") digest.update(encoded(record));
    }
    return digest.digest("hex");
  });
}

async function refuseDamaged(run: Run, { path }: Backup, copies: number): Promise<void> {
  const bytes = readFileSync(path);
  const damaged = join(run.folder, "damaged.snapshot");
  const directory = join(run.folder, "from-damaged");
  for (let copy = 0; copy < copies; copy++) {
    const at = randomInt(bytes.length);
    const changed = Buffer.from(copy % 2 === 0 ? bytes : bytes.subarray(0, at));
    if (copy % 2 === 0) changed[at] = (changed[at] ?? 0) ^ (1 << randomInt(8));
    writeFileSync(damaged, changed);
    const what = copy % 2 === 0 ? `a flipped bit in byte ${at}` : `an end at byte ${at}`;
    const refusal = await restore(damaged, { type: "folder", directory }, quiet).then(
      () => undefined,
      (error: unknown) => error,
    );
    demand(refusal instanceof SnapshotError, `${what} was not found`);
    demand(!existsSync(directory), `${what}: something was written nevertheless`);
  }
  run.print(
    `${copies} damaged copies, cut off or with one flipped bit: all refused, nothing written`,
  );
}
