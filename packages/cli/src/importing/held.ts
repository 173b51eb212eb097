/** What the stores hold already at the places of an import. */
import type { BatchGetSecretValueResponse } from "@aws-sdk/client-secrets-manager";
import type { Parameter, ParameterType } from "@aws-sdk/client-ssm";
import { aws } from "../aws.ts";
import { fieldText, readFields } from "../stores/fields.ts";
import { printed, type Reference } from "../stores/reference.ts";
import { storeOf } from "../stores/store.ts";
import { isText } from "../stores/value.ts";

export interface Held {
  /** By the printed reference, for those that are there. */
  readonly values: ReadonlyMap<string, HeldValue>;
  /** The parameters and secrets that are there, by `printedWhole`, whatever stands in them. */
  readonly wholes: ReadonlySet<string>;
}

export interface HeldValue {
  readonly text: string;
  readonly type: ParameterType;
}

/** In tens and twenties, as AWS gives them. */
export async function readHeld(references: readonly Reference[]): Promise<Held> {
  const values = new Map<string, HeldValue>();
  const wholes = new Set<string>();
  const ssm = references.filter(({ service }) => service === "ssm");
  for (const { Name: name = "", Value = "", Type } of await parametersNamed(namesOf(ssm))) {
    const whole = printed({ service: "ssm", name, field: undefined });
    wholes.add(whole);
    values.set(whole, { text: Value, type: Type ?? "SecureString" });
  }
  const fields = references.filter(({ service }) => service === "secretsmanager");
  const texts = await secretsNamed(namesOf(fields));
  for (const reference of fields) {
    const secret = texts.get(reference.name);
    if (secret === undefined) continue;
    wholes.add(printedWhole(reference));
    const object = secret === "" ? {} : readFields(secret);
    // Text that is no JSON object, or bytes, is in the way of any field.
    const text = object === undefined ? "" : fieldText(object, reference.field ?? "");
    if (text !== undefined) values.set(printed(reference), { text, type: "SecureString" });
  }
  return { values, wholes };
}

/** The parameter or secret that the reference is to, or to a field of. */
export function printedWhole(reference: Reference): string {
  return printed({ ...reference, field: undefined });
}

/** Twenty secrets a call, and a further call where they are too large for one reply. */
export async function* batches(
  names: readonly string[],
): AsyncGenerator<BatchGetSecretValueResponse> {
  if (names.length === 0) return;
  const secretsManager = await aws.secretsManager();
  for (const SecretIdList of chunks(names, 20)) {
    let NextToken: string | undefined;
    do {
      const reply = await secretsManager.batchGetSecretValue({ SecretIdList, NextToken });
      yield reply;
      NextToken = reply.NextToken;
    } while (NextToken);
  }
}

async function parametersNamed(names: readonly string[]): Promise<readonly Parameter[]> {
  const ssm = await aws.ssm();
  const found: Parameter[] = [];
  for (const Names of chunks(names, 10)) {
    const { Parameters = [] } = await ssm.getParameters({ Names, WithDecryption: true });
    found.push(...Parameters);
  }
  return found;
}

const binary = "binary";

/** By name, for those that are there; empty where a secret has no value yet. */
async function secretsNamed(names: readonly string[]): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for await (const { SecretValues = [], Errors = [] } of batches(names)) {
    for (const { Name = "", SecretString = binary } of SecretValues) texts.set(Name, SecretString);
    for (const { SecretId = "", ErrorCode, Message = "" } of Errors) {
      if (ErrorCode !== "ResourceNotFoundException") texts.set(SecretId, await readAlone(SecretId));
      else if (/secret value/.test(Message)) texts.set(SecretId, "");
    }
  }
  return texts;
}

/** For its failure, in the words of the store: as of a secret that is scheduled for deletion. */
async function readAlone(name: string): Promise<string> {
  const { value } = await storeOf({ service: "secretsmanager" }).read(name);
  return isText(value) ? value.text : binary;
}

function namesOf(references: readonly Reference[]): readonly string[] {
  return [...new Set(references.map(({ name }) => name))];
}

export function* chunks<Item>(items: readonly Item[], size: number): Generator<Item[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}
