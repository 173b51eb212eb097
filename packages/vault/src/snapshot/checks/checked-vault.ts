/** What the checks of a vault look at: one state of its rows, and what opens them. */

import type { AuditSigner } from "../../keys/audit-signer.ts";
import { type KeyRecord, keyRow, keyTable } from "../../keys/key-record.ts";
import type { KeyRing } from "../../keys/ring/key-ring.ts";
import type { ValueProofs } from "../../keys/value-proofs.ts";
import type { ParameterValues } from "../../parameters/values.ts";
import type { RawDatabase, RawRow } from "../../storage/copying/raw-rows.ts";
import { type Put, type Table, Unavailable } from "../../storage/storage.ts";

export interface CheckedVault {
  readonly database: RawDatabase;
  readonly ring: KeyRing;
  readonly proofs: ValueProofs;
  readonly values: ParameterValues;
  readonly auditSigner: AuditSigner;
}

/** Of one thing that was checked: what is wrong with it, in words that hold no value. */
export interface Finding {
  /** The key of its row, or the name of its chain. */
  readonly name: string;
  readonly problems: readonly string[];
}

/** Of one kind of thing. */
export interface Check {
  readonly what: string;
  run(vault: CheckedVault): AsyncIterable<Finding>;
}

/** A check of every row of a table. */
export function rowCheck<Body>({
  what,
  table,
  problemsOf,
}: {
  readonly what: string;
  readonly table: Table<Body>;
  problemsOf(vault: CheckedVault, row: CheckedRow<Body>): Promise<readonly string[]>;
}): Check {
  return {
    what,
    async *run(vault) {
      for await (const row of checkedRows(vault, table)) {
        yield { name: row.key, problems: await understood(() => problemsOf(vault, row)) };
      }
    },
  };
}

/** A record that lacks what every record of its kind has stops no check of the others. */
async function understood(
  problemsOf: () => Promise<readonly string[]>,
): Promise<readonly string[]> {
  try {
    return await problemsOf();
  } catch (error) {
    if (error instanceof Unavailable) throw error;
    return ["its record is not one of its kind"];
  }
}

export interface CheckedRow<Body> extends Omit<RawRow, "body"> {
  readonly body: Body;
}

/** Those whose body can be read; that it can't is found with the rows themselves. */
export async function* checkedRows<Body>(
  { database }: CheckedVault,
  { name }: Table<Body>,
  prefix?: string,
): AsyncGenerator<CheckedRow<Body>> {
  for await (const row of database.rows(name, prefix)) {
    const body = parsed(row.body);
    if (body !== undefined) yield { ...row, body: body as Body };
  }
}

export async function checkedRow<Body>(
  { database }: CheckedVault,
  { name }: Table<Body>,
  key: string,
): Promise<CheckedRow<Body> | undefined> {
  const row = await database.row(name, key);
  const body = row && parsed(row.body);
  return row === undefined || body === undefined ? undefined : { ...row, body: body as Body };
}

/** undefined for what is no JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function problemIf(isWrong: boolean, problem: string): readonly string[] {
  return isWrong ? [problem] : [];
}

/** What is wrong with a row's place and index entries, which the domain would write as `put`. */
export function placeProblems(row: RawRow | CheckedRow<unknown>, put: Put): readonly string[] {
  const expected = Object.entries(put.indexes ?? {});
  const found = new Map(row.indexes);
  const isSame =
    row.indexes.length === expected.length &&
    expected.every(([name, value]) => found.get(name) === value);
  return [
    ...problemIf(put.key !== row.key, "its row lies under the key of another"),
    ...problemIf(!isSame, "its index entries are not those of its row"),
  ];
}

/** What is wrong with a sealed value; `open` says whether it is the value of its fingerprint. */
export async function sealProblems(open: () => Promise<boolean>): Promise<readonly string[]> {
  try {
    return problemIf(!(await open()), "its value is not that of its fingerprint");
  } catch {
    return ["its value does not open"];
  }
}

/** `arn:aws:kms:REGION:ACCOUNT:key/ID` */
export async function keyOf(vault: CheckedVault, arn: string): Promise<KeyRecord | undefined> {
  const [, , , region = "", accountId = "", resource = ""] = arn.split(":");
  const key = keyRow({ accountId, region }, resource.slice("key/".length));
  const record = (await checkedRow(vault, keyTable, key))?.body;
  return record?.arn === arn ? record : undefined;
}

export function keyGone(arn: string): string {
  return `its key ${arn} is gone: nobody can open it`;
}
