/**
 * The material of key versions: 32 random bytes each, sealed under the root key and bound to the
 * key's ARN and the version's number. In the clear it exists only as KeyObjects in a bounded cache.
 */
import { createSecretKey, type KeyObject } from "node:crypto";
import type { Randomness } from "../clock.ts";
import { BoundedCache } from "../encryption/bounded-cache.ts";
import type { RootKey } from "../encryption/root-keys/root-key.ts";
import { type Soon, soon } from "../soon.ts";
import { Missing, type Put, type Storage } from "../storage/storage.ts";
import {
  type KeyRecord,
  type KeyVersionRecord,
  keyArn,
  keyVersionTable,
  type RotationType,
  versionName,
  versionsPrefix,
} from "./key-record.ts";
import type { SealedRows } from "./ring/sealed-rows.ts";

export interface KeyMaterial {
  readonly key: KeyObject;
  readonly materialId: string;
}

const purpose = "kms-key-material";
const materialBytes = 32;
const openedMax = 1024;

/** What a rekey needs to know of these rows. */
export const keyMaterialRows: SealedRows<KeyVersionRecord> = {
  table: keyVersionTable,
  purpose,
  aad({ key }) {
    const [accountId = "", region = "", keyId = "", version] = key.split("/");
    return `${keyArn({ accountId, region }, keyId)}/${Number(version)}`;
  },
};

export class KeyMaterials {
  readonly #storage: Storage;
  readonly #rootKey: RootKey;
  readonly #randomness: Randomness;
  readonly #opened = new BoundedCache<KeyMaterial>(openedMax);

  constructor(storage: Storage, rootKey: RootKey, randomness: Randomness) {
    this.#storage = storage;
    this.#rootKey = rootKey;
    this.#randomness = randomness;
  }

  /** AWS's KeyMaterialId: names a version's material and says nothing about it. */
  nextId(): string {
    return this.#randomness.bytes(32).toString("hex");
  }

  /** The change that adds the record's current version, with new random material. */
  adding(record: KeyRecord, createdAt: number, rotationType?: RotationType): Put<KeyVersionRecord> {
    const bytes = this.#randomness.bytes(materialBytes);
    const sealed = this.#rootKey.seal(purpose, bytes, aad(record, record.currentVersion));
    bytes.fill(0);
    return {
      type: "put",
      table: keyVersionTable,
      key: rowKey(record, record.currentVersion),
      body: { materialId: record.currentMaterialId, createdAt, rotationType },
      sealed,
      expect: "absent",
    };
  }

  /** undefined if the key has no such version. */
  open(record: KeyRecord, version: number): Soon<KeyMaterial | undefined> {
    const name = aad(record, version);
    const opened = this.#opened.get(name);
    if (opened !== undefined) return opened;
    return soon(this.#storage.get(keyVersionTable, rowKey(record, version)), (row) => {
      if (row?.sealed === undefined) return undefined;
      const bytes = this.#rootKey.open(purpose, row.sealed, name);
      const material = { key: createSecretKey(bytes), materialId: row.body.materialId };
      bytes.fill(0);
      this.#opened.set(name, material);
      return material;
    });
  }

  /** The version that encrypts. A key without it means a damaged database. */
  async current(record: KeyRecord): Promise<KeyMaterial> {
    const material = await this.open(record, record.currentVersion);
    if (material === undefined) throw new Missing(`The current version of ${record.arn}`);
    return material;
  }
}

function aad(record: KeyRecord, version: number): string {
  const last = lastNames.get(record);
  if (last?.version === version) return last.name;
  const name = `${record.arn}/${version}`;
  lastNames.set(record, { version, name });
  return name;
}

/** What the version is called that was asked for last, so that it need not be joined anew. */
const lastNames = new WeakMap<KeyRecord, { readonly version: number; readonly name: string }>();

function rowKey(record: KeyRecord, version: number): string {
  return versionsPrefix(record) + versionName(version);
}
