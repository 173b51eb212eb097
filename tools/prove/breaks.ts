/**
 * Safeguards to break on purpose: what to change in the source, and the claim that must then turn
 * red. `from` stands exactly once in its file.
 */

interface Break {
  readonly what: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly claim: string;
}

export const breaks: readonly Break[] = [
  {
    what: "the signature check is broken",
    file: "packages/vault/src/authentication/authenticate.ts",
    from: "if (!this.#isGenuine(request, claim, credential)) {",
    to: "if (this.#isGenuine(request, claim, credential) && false) {",
    claim: "real-clients",
  },
  {
    what: "a permit is skipped",
    file: "packages/vault/src/authorization/authorize.ts",
    from: "if (decision.isAllowed) return new Permit(",
    to: "return new Permit(",
    claim: "real-clients",
  },
  {
    what: "a permissions boundary bounds nothing",
    file: "packages/vault/src/authorization/decide.ts",
    from: 'if (boundary !== undefined && !allows(boundary, request)) return "no-boundary";',
    to: "",
    claim: "differential",
  },
  {
    what: "sensitive members are written into the trail",
    file: "packages/vault/src/shapes/auditable.ts",
    from: "if (of.isSensitive) return marksHidden ? hidden : undefined;",
    to: "",
    claim: "real-clients",
  },
  {
    what: "one of eight commits of data is dropped before the reply",
    file: "packages/vault/src/storage/sqlite/writer-thread.ts",
    from: 'this.#database.exec("COMMIT");',
    to: 'this.#database.exec(counter % 8 === 7 ? "ROLLBACK" : "COMMIT");',
    claim: "kill-nine",
  },
  {
    what: "the audit's commit is dropped before the reply",
    file: "packages/vault/src/audit/sqlite/audit-thread.ts",
    from: 'this.#database.exec("COMMIT");\n    this.#head = head;',
    to: 'this.#database.exec("ROLLBACK");\n    this.#head = head;',
    claim: "kill-nine",
  },
  {
    what: "the reply does not wait for the audit",
    file: "packages/vault/src/pipeline.ts",
    from: "await appendAll(events, parts.auditLog);",
    to: "setTimeout(() => appendAll(events, parts.auditLog), 200);",
    claim: "kill-nine",
  },
  {
    what: "a workload keeps the key of whoever started it",
    file: "packages/cli/src/workload-environment.ts",
    from: "...Object.fromEntries(closed.map((name) => [name, undefined])),",
    to: "...Object.fromEntries(closed.map((name) => [name, own[name]])),",
    claim: "four-ways",
  },
  {
    what: "an older generation is dropped while rows still lie under it",
    file: "packages/vault/src/keys/ring/resealing.ts",
    from: "const resealed = await this.#pass();",
    to: "const resealed = 0;",
    claim: "rekey",
  },
  {
    what: "permissions boundaries bound nothing",
    file: "packages/vault/src/authorization/decide.ts",
    from: 'if (boundary !== undefined && !allows(boundary, request)) return "no-boundary";',
    to: "",
    claim: "access-table",
  },
  {
    what: "a user's groups are not asked",
    file: "packages/vault/src/principals/policies/identity-policies.ts",
    from: 'entity.kind === "user" ? (await this.#groups(entity)).map(ownAndAws) : []',
    to: "[]",
    claim: "access-table",
  },
  {
    what: "whatever was sealed opens, be it tampered with",
    file: "packages/vault/src/encryption/seal.ts",
    from: "  try {\n    decipher.final();\n  } catch {\n    throw new OpenFailed();\n  }\n",
    to: "",
    claim: "forged",
  },
  {
    what: "a page token is good for any list of its kind",
    file: "packages/vault/src/keys/page-tokens.ts",
    from: "const list = JSON.stringify([kind, binding]);",
    to: "const list = JSON.stringify([kind]);",
    claim: "paginators",
  },
  {
    what: "a page is looked for from the beginning of the table",
    file: "packages/vault/src/storage/sql/statements.ts",
    from: 'conditionOf(bounds, `"key"`, 1);\n  return {\n    name: `list',
    to: 'conditionOf(bounds, `substr("key", 1)`, 1);\n  return {\n    name: `list',
    claim: "scale",
  },
  {
    what: "a session never ends",
    file: "packages/vault/src/authentication/authenticate.ts",
    from: "if (credential.expiresAt !== undefined && credential.expiresAt <= now) throw expiredToken();",
    to: "",
    claim: "forged",
  },
  {
    what: "a web identity may be for anybody else",
    file: "packages/vault/src/authentication/web-identity/token-claims.ts",
    from: "audiencesOf(claims).find((each) => clientIds.includes(each));",
    to: "audiencesOf(claims)[0] ?? clientIds[0];",
    claim: "forged",
  },
  {
    what: "a backslash keeps no quote of a .env file from closing",
    file: "packages/cli/src/env-files/dotenv.ts",
    from: 'if (text[at - 1] !== "\\\\") break;',
    to: "break;",
    claim: "env-corpus",
  },
  {
    what: "a failed import tells the value that was refused",
    file: "packages/cli/src/importing/intake.ts",
    from: "together.reduce<unknown>((each, { value }) => withoutValue(each, value), error)",
    to: "error",
    claim: "import-secrecy",
  },
  {
    what: "an imported file is written where it stands",
    file: "packages/cli/src/importing/replace-file.ts",
    from: "await rename(path, realPath);",
    to: "await old.truncate();\n    for (const [at, byte] of content.entries()) await old.write(Buffer.of(byte), 0, 1, at);\n    await rm(path);",
    claim: "import-secrecy",
  },
  {
    what: "each caller of a cold value has a fetch of its own",
    file: "packages/client/src/cache/flights.ts",
    from: "return flight === undefined || flight.isAbandoned || flight.isOutdated ? this.#start() : flight;",
    to: "return flight?.isOutdated ? flight : this.#start();",
    claim: "client-figures",
  },
  {
    what: "a bundler must resolve a peer that isn't installed",
    file: "packages/client/src/tokens/request-token.ts",
    from: 'import("oauth4webapi").catch(notInstalled)',
    to: 'import("oauth4webapi").finally(() => notInstalled)',
    claim: "consumers",
  },
  {
    what: "a node is not told what other nodes wrote",
    file: "packages/vault/src/storage/postgres/freshness.ts",
    from: "if (news.length > 0) this.#tell(",
    to: "if (Number.isNaN(news.length)) this.#tell(",
    claim: "nodes",
  },
  {
    what: "the old key is revoked although readers have it",
    file: "packages/vault/src/rotation/overlap.ts",
    from: "if (count === 0 || run.isOldKeyEnding) return dying(seen, now);",
    to: "if (count >= 0) return dying(seen, now);",
    claim: "laggard",
  },
  {
    what: "a rotator that says it has finished is believed",
    file: "packages/vault/src/rotation/steps.ts",
    from: "if (at.current !== run.token) {",
    to: "if (at.current === undefined) {",
    claim: "rotation-weather",
  },
  {
    what: "a new key lives on when its rotation has failed",
    file: "packages/vault/src/rotation/steps.ts",
    from: 'if (run.capabilities.revokes) return { run: { ...again, phase: "rollBack" } };',
    to: "",
    claim: "rotation-weather",
  },
  {
    what: "a step that comes again after a crash makes another key",
    file: "examples/rotation-functions/generic.py",
    from: '{"Idempotency-Key": secret.token}',
    to: "{}",
    claim: "rotation-crash",
  },
  {
    what: "what a rotation function raises is taken for its reply",
    file: "packages/vault/src/rotation/lambda-invoke.ts",
    from: "if (error !== null) throw new RotatorFailed(",
    to: "if (error === undefined) throw new RotatorFailed(",
    claim: "python-rotators",
  },
  {
    what: "a damaged part of a backup is taken for whole",
    file: "packages/vault/src/snapshot/parts.ts",
    from: "if (!last.equals(bytes.subarray(size))) throw",
    to: "if (last.length === 0) throw",
    claim: "restore-drill",
  },
];
