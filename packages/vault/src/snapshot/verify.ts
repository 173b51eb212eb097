/**
 * `claviger verify`: is all of a vault whole? Every row is read, everything sealed is opened, every
 * reference followed and every audit chain walked, while the vault goes on serving. What is found
 * is told by name, and no value ever.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock, systemRandomness } from "../clock.ts";
import type { RootKeySource } from "../encryption/root-keys/source.ts";
import { auditSigner } from "../keys/audit-signer.ts";
import { keyMaterialRows } from "../keys/key-material.ts";
import { Keys } from "../keys/keys.ts";
import { KeyRing } from "../keys/ring/key-ring.ts";
import { readRing } from "../keys/ring/ring-row.ts";
import { SealedKeys, sealedKeyRows } from "../keys/ring/sealed-keys.ts";
import { ValueProofs } from "../keys/value-proofs.ts";
import { ParameterValues } from "../parameters/values.ts";
import { accessKeyRows } from "../principals/entities/access-keys.ts";
import { sqliteDamage } from "../storage/copying/raw-sqlite.ts";
import { migrations } from "../storage/migrations/migrations.ts";
import { trailFindings } from "./checks/audit-chains.ts";
import type { Check, CheckedVault, Finding } from "./checks/checked-vault.ts";
import { keyChecks } from "./checks/keys.ts";
import { parameterChecks } from "./checks/parameters.ts";
import { principalChecks } from "./checks/principals.ts";
import { rowChecks } from "./checks/rows.ts";
import { secretChecks } from "./checks/secrets.ts";
import { databasePath, holdsNoVault, type Place, placeName, requireVault } from "./place.ts";
import { restore } from "./restore.ts";
import { SnapshotError } from "./snapshot-error.ts";
import { readVault, type Source } from "./source.ts";

export interface Verified {
  readonly checks: readonly CheckResult[];
  /** The first thousand. */
  readonly problems: readonly Problem[];
}

export interface CheckResult {
  readonly what: string;
  /** How many were checked. */
  readonly count: number;
  readonly problems: number;
}

export interface Problem {
  readonly what: string;
  readonly name: string;
  readonly problem: string;
}

export interface VerifyOptions {
  readonly rootKey: RootKeySource;
  /** Waited for. What it throws ends the check. */
  onProgress(what: string, count: number): void | Promise<void>;
}

const problemsListedMax = 1000;

const checks: readonly Check[] = [
  rowChecks,
  ...keyChecks,
  ...secretChecks,
  ...parameterChecks,
  ...principalChecks,
];

/** Throws RootKeyError where the root key isn't the vault's: nothing was checked then. */
export async function verifyVault(place: Place, options: VerifyOptions): Promise<Verified> {
  const tally = new Tally(options);
  if (place.type === "folder") {
    requireVault(place.directory);
    const path = databasePath(place.directory);
    await tally.run("database file", [{ name: path, problems: sqliteDamage(path) }]);
    // What SQLite itself finds damaged would only fail further on.
    if (tally.hasProblems) return tally.result;
  }
  await readVault(place, async (source) => {
    const vault = await opened(place, source, options);
    for (const check of checks) await tally.run(check.what, check.run(vault));
    await tally.run("audit chains", trailFindings(source, vault.auditSigner));
  });
  return tally.result;
}

/**
 * Of a snapshot's file: it is restored to a folder of its own, which is verified and removed. So
 * what is found is what a restore would bring.
 */
export async function verifySnapshot(path: string, options: VerifyOptions): Promise<Verified> {
  const directory = mkdtempSync(join(tmpdir(), "claviger-verify-"));
  try {
    await restore(path, { type: "folder", directory }, ({ rows }) =>
      options.onProgress("rows restored", rows),
    );
    return await verifyVault({ type: "folder", directory }, options);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function opened(
  place: Place,
  { database }: Source,
  { rootKey }: VerifyOptions,
): Promise<CheckedVault> {
  const { storage, schemaVersion } = database;
  const newest = migrations.at(-1)?.version ?? 0;
  const isOlder = schemaVersion < newest;
  if (schemaVersion !== newest) {
    throw new SnapshotError(
      `${placeName(place)} has schema version ${schemaVersion}, this program ${newest}`,
      isOlder ? "start the vault once with this Claviger" : "verify it with the newer Claviger",
    );
  }
  // There is nothing that the root key could be tried on.
  if ((await readRing(storage)) === undefined) throw holdsNoVault(place);
  const ring = await KeyRing.open(storage, rootKey, {
    sealedRows: [sealedKeyRows, keyMaterialRows, accessKeyRows],
    clock: systemClock,
    randomness: systemRandomness,
    sourceNamed: () => rootKey,
  });
  const sealedKeys = new SealedKeys(storage, ring, systemRandomness);
  const proofs = new ValueProofs(storage, ring, sealedKeys, systemRandomness);
  const keys = new Keys(storage, ring, sealedKeys, systemClock, systemRandomness);
  return {
    database,
    ring,
    proofs,
    values: new ParameterValues(keys, sealedKeys),
    auditSigner: await auditSigner(sealedKeys),
  };
}

class Tally {
  readonly #options: VerifyOptions;
  readonly #checks: CheckResult[] = [];
  readonly #problems: Problem[] = [];

  constructor(options: VerifyOptions) {
    this.#options = options;
  }

  get hasProblems(): boolean {
    return this.#problems.length > 0;
  }

  get result(): Verified {
    return { checks: this.#checks, problems: this.#problems };
  }

  async run(what: string, findings: AsyncIterable<Finding> | Iterable<Finding>): Promise<void> {
    let count = 0;
    let problems = 0;
    for await (const finding of findings) {
      count += 1;
      await this.#options.onProgress(what, count);
      for (const problem of finding.problems) {
        problems += 1;
        if (this.#problems.length < problemsListedMax) {
          this.#problems.push({ what, name: finding.name, problem });
        }
      }
    }
    this.#checks.push({ what, count, problems });
  }
}
