import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { layerViolations } from "./layers.ts";

/** What the rules say of one file with one line in it. */
function said(file: string, line: string): string[] {
  const root = mkdtempSync(join(tmpdir(), "claviger-layers-"));
  try {
    const path = join(root, "packages", file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${line}\n`);
    return layerViolations(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

test.each([
  ["wire to storage", "vault/src/wire/a.ts", 'import { x } from "../storage/storage.ts";'],
  ["a re-export", "vault/src/storage/a.ts", 'export { x } from "../keys/keys.ts";'],
  ["a dynamic import", "vault/src/audit/a.ts", 'const x = await import("../keys/keys.ts");'],
  [
    "an operation that would make permits past the trail",
    "vault/src/operations/ssm/a.ts",
    'import { authorize } from "../../authorization/authorize.ts";',
  ],
  [
    "a type's module imported as a value",
    "vault/src/secrets/a.ts",
    'import { Permit } from "../authorization/authorize.ts";',
  ],
  ["a folder that no rule knows", "vault/src/utils/a.ts", "export const x = 1;"],
  ["the library to the vault", "client/src/a.ts", 'import { x } from "@claviger/vault";'],
])("refuses %s", (_what, file, line) => {
  expect(said(file, line)).toHaveLength(1);
});

test.each([
  ["downwards", "vault/src/secrets/a.ts", 'import { x } from "../storage/storage.ts";'],
  [
    "a type where types are allowed",
    "vault/src/secrets/a.ts",
    'import type { Permit } from "../authorization/authorize.ts";',
  ],
  ["the ground", "vault/src/wire/a.ts", 'import { ApiError } from "../errors.ts";'],
  ["what joins", "vault/src/compose.ts", 'import { x } from "./storage/sqlite/a.ts";'],
  ["the command to the vault", "cli/src/a.ts", 'import { x } from "@claviger/vault";'],
])("allows %s", (_what, file, line) => {
  expect(said(file, line)).toEqual([]);
});
