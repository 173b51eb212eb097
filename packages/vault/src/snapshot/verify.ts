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
import { KeyRing } from "../keys/ring/key-ring.ts";
import { SealedKeys, sealedKeyRows } from "../keys/ring/sealed-keys.ts";
import { ValueProofs } from "../keys/value-proofs.ts";
import { migrations } from "../storage/migrations/migrations.ts";
import { sqliteDamage } from "../storage/copying/raw-sqlite.ts";
import type { Check } from "./checks/checked-vault.ts";
import { chainFindings } from "./checks/chains.ts";
import { keyChecks } from "./checks/keys.ts";
import { parameterChecks } from "./checks/parameters.ts";
import { principalChecks } from "./checks/principals.ts";
import { rowChecks } from "./checks/rows.ts";
import { secretChecks } from "./checks/secrets.ts";
import { databasePath, type Place, placeName } from "./place.ts";
import { restore } from "./restore.ts";
import { SnapshotError } from "./snapshot-error.ts";
import { readVault, type Source } from "./source.ts";

const checks: readonly Check[] = [
  rowChecks,
  ...keyChecks,
  ...secretChecks,
  ...parameterChecks,
  ...principalChecks,
];
