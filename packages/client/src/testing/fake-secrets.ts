/**
 * `@claviger/client/testing`: the library as an application uses it, cache and all, over a store in
 * memory that the test fills, changes and breaks. Needs no test framework and no network.
 */
import type { ChangedResource } from "../cache/entries.ts";
import { type CacheSettings, secretsOver } from "../create-secrets.ts";
import { SecretsError } from "../errors.ts";
import { readReference } from "../references/reference-string.ts";
import type { Secrets } from "../secrets.ts";
import type { TransportError } from "../transport/transport.ts";
import { MemoryStore, outage, refused } from "./memory-store.ts";

/** Text, bytes, or what is kept as JSON. */
export type FakeValue = string | Uint8Array | object;

/** AccessDenied: refused at once. Unavailable: an outage, in which what is cached is served. */
export type FakeFailure = "AccessDenied" | "Unavailable";

export interface FakeSecrets {
  /** What the code under test is given. */
  readonly secrets: Secrets;
  /** Keeps a new version, and tells the cache, as a vault would. */
  set(reference: string, value: FakeValue): void;
  /** Keeps it no longer. */
  remove(reference: string): void;
  /** Reading it fails from now on, or, without a failure, no longer. */
  fail(reference: string, failure: FakeFailure | undefined): void;
  /** How often the store was asked for it, alone or with others. */
  reads(reference: string): number;
}

/**
 * ```ts
 * const fake = fakeSecrets({ "ssm:/weatherproject/apiToken": "wx_1" });
 * const service = startService({ secrets: fake.secrets });
 * fake.set("ssm:/weatherproject/apiToken", "wx_2");
 * ```
 *
 * A reference is as in `secrets.reference()`, without a field; `clock` and the limits of the cache
 * are as in `createSecrets()`.
 */
export function fakeSecrets(
  values: Readonly<Record<string, FakeValue>> = {},
  options: CacheSettings = {},
): FakeSecrets {
  const store = new MemoryStore();
  const { secrets, entries } = secretsOver(store, options);
  const changed = (id: StoreId) => {
    for (const entry of entries.all()) if (entry.address.isAbout?.(resourceOf(id))) entry.outdate();
  };
  const fake: FakeSecrets = {
    secrets: Object.freeze({ ...secrets, close() {}, [Symbol.dispose]() {} }),
    set(reference, value) {
      const id = storeId(reference);
      const isPlain = typeof value === "string" || value instanceof Uint8Array;
      const kept = isPlain ? value : JSON.stringify(value);
      if (id.service === "secretsmanager") store.putSecret(id.name, kept);
      else if (typeof kept === "string") store.putParameter(id.name, kept);
      else throw new SecretsError("Invalid", `ssm:${id.name} holds text only`);
      changed(id);
    },
    remove(reference) {
      const id = storeId(reference);
      (id.service === "ssm" ? store.parameters : store.secrets).delete(id.name);
      changed(id);
    },
    fail(reference, failure) {
      const id = storeId(reference);
      if (failure === undefined) store.failures.delete(id.name);
      else store.failures.set(id.name, failures[failure]);
      changed(id);
    },
    reads(reference) {
      const { service, name } = storeId(reference);
      const keys = service === "ssm" ? ["Name", "Names"] : ["SecretId", "SecretIdList"];
      const asked = store.calls.map(({ input }) => keys.flatMap((key) => input[key] ?? []));
      return asked.filter((names) => names.includes(name)).length;
    },
  };
  for (const [reference, value] of Object.entries(values)) fake.set(reference, value);
  return fake;
}

const failures: Readonly<Record<FakeFailure, TransportError>> = {
  AccessDenied: refused("AccessDeniedException"),
  Unavailable: outage("InternalServiceError"),
};

interface StoreId {
  readonly service: "ssm" | "secretsmanager";
  readonly name: string;
}

function storeId(reference: string): StoreId {
  const { scheme, name, field } = readReference(reference);
  if ((scheme === "ssm" || scheme === "secretsmanager") && field === undefined) {
    return { service: scheme, name };
  }
  throw new SecretsError("Invalid", `${reference} is not in the store: ssm:… or secretsmanager:…`);
}

function resourceOf({ service, name }: StoreId): ChangedResource {
  return { service, name, arn: "" };
}
