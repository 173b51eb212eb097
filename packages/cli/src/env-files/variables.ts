/**
 * Variables to hand to somebody else: from references, from whole paths and secrets, and from files
 * that mix references with plain values. One name stands for one value, or nothing is handed over.
 */
import { readFile } from "node:fs/promises";
import { CommandFailure } from "../failure.ts";
import { fieldText, readFields } from "../stores/fields.ts";
import { NotAllowed, readMany, readTree, type Values } from "../stores/read-many.ts";
import { printed, type Reference } from "../stores/reference.ts";
import { effectiveEntries, readEnvFile } from "./env-file.ts";
import { referenceIn } from "./referenced.ts";
import { variableBelow, variableName, variableOf } from "./variable-names.ts";

export interface Variable {
  readonly name: string;
  readonly text: string;
  /** It was read from the vault, and is no plain value of a file. */
  readonly isFetched: boolean;
}

/** Everything that is referred to, in as few calls as can be. Throws, naming all that can't be read. */
export async function gathered(
  references: readonly Reference[],
  files: readonly string[],
): Promise<readonly Variable[]> {
  const found = await Promise.all([...references.map(below), ...files.map(variablesIn)]);
  const planned = distinct(found.flat());
  const unread = planned.flatMap(({ value }) => (typeof value === "string" ? [] : [value]));
  const values = await readMany(unread);
  return planned.map(({ name, value, isFetched }) => ({
    name,
    text: typeof value === "string" ? value : (values.get(printed(value)) ?? ""),
    isFetched,
  }));
}

/** A variable whose value is known, or stands to be read. */
export interface Planned {
  readonly name: string;
  readonly from: string;
  readonly value: Reference | string;
  readonly isFetched: boolean;
}

/** What is named may have parameters below it, or fields in it, or be one value. */
async function below(reference: Reference): Promise<readonly Planned[]> {
  const { service, name, field } = reference;
  const one = fetched(variableOf(reference), reference, reference);
  if (field !== undefined) return [one];
  if (service === "secretsmanager") return fieldsOf(reference);
  const tree = await treeBelow(reference);
  const found = [...tree].map(([each, text]) =>
    fetched(variableBelow(name, each), { ...reference, name: each }, text),
  );
  return found.length === 0 ? [one] : found;
}

/** Empty where the name is a parameter's, which may be all that the caller may read. */
async function treeBelow(reference: Reference): Promise<Values> {
  if (!reference.name.startsWith("/")) return new Map();
  try {
    return await readTree(reference.name);
  } catch (error) {
    if (!(error instanceof NotAllowed)) throw error;
    await readMany([reference]).catch(() => {
      throw error;
    });
    return new Map();
  }
}

async function fieldsOf(reference: Reference): Promise<readonly Planned[]> {
  const text = (await readMany([reference])).get(printed(reference)) ?? "";
  const fields = readFields(text);
  if (fields === undefined) return [fetched(variableOf(reference), reference, text)];
  return Object.keys(fields).map((field) => {
    const one = { ...reference, field };
    return fetched(variableOf(one), one, fieldText(fields, field) ?? "");
  });
}

function fetched(name: string, from: Reference, value: Reference | string): Planned {
  return { name, from: printed(from), value, isFetched: true };
}

/** In the file's order. */
export async function variablesIn(path: string): Promise<readonly Planned[]> {
  const file = readEnvFile(await readFile(path), path);
  return effectiveEntries(file).map((entry) => {
    const reference = referenceIn(file, entry);
    return {
      name: /^[A-Za-z_]\w*$/.test(entry.key) ? entry.key : variableName(entry.key),
      from: `${path}, line ${entry.firstLine}`,
      value: reference ?? entry.value,
      isFetched: reference !== undefined,
    };
  });
}

/** What is named twice is one variable; two values of one name are none. */
function distinct(planned: readonly Planned[]): readonly Planned[] {
  const byName = new Map<string, Planned>();
  for (const each of planned) {
    const { name, from } = each;
    if (name === "") throw new CommandFailure(`${from} gives no variable a name`, "leave it out");
    const other = byName.get(name);
    if (other !== undefined && other.from !== from) {
      throw new CommandFailure(
        `${other.from} and ${from} would both be ${name}`,
        "leave one out, or name them in a file: NAME=ssm:/path/name, with --env-file",
      );
    }
    byName.set(name, each);
  }
  return [...byName.values()];
}
