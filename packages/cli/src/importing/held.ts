/** What the stores hold already: at the places of an import, and the same values elsewhere. */
import type {
  BatchGetSecretValueResponse,
  SecretValueEntry,
} from "@aws-sdk/client-secrets-manager";
import type { Parameter, ParameterType } from "@aws-sdk/client-ssm";
import { aws } from "../aws.ts";
import { isOneOf } from "../aws-failure.ts";
import { fieldText, readFields } from "../stores/fields.ts";
import { allPages } from "../stores/pages.ts";
import { printed, type Reference } from "../stores/reference.ts";
import { storeOf } from "../stores/store.ts";
import { isText } from "../stores/value.ts";
import { showProgress } from "../terminal/progress.ts";

export interface Held {
  readonly text: string;
  readonly type: ParameterType;
}

/** By the printed reference, for those that are there: in tens and twenties, as AWS gives them. */
export async function readHeld(references: readonly Reference[]): Promise<Map<string, Held>> {
  const held = new Map<string, Held>();
  const ssm = references.filter(({ service }) => service === "ssm");
  for (const { Name = "", Value = "", Type } of await parametersNamed(namesOf(ssm))) {
    const reference = { service: "ssm" as const, name: Name, field: undefined };
    held.set(printed(reference), { text: Value, type: Type ?? "SecureString" });
  }
  const fields = references.filter(({ service }) => service === "secretsmanager");
  const texts = await secretsNamed(namesOf(fields));
  for (const reference of fields) {
    const object = readFields(texts.get(reference.name) ?? "");
    const text = object && fieldText(object, reference.field ?? "");
    if (text !== undefined) held.set(printed(reference), { text, type: "SecureString" });
  }
  return held;
}

export interface Elsewhere {
  /** Where each of the values stands, as references; fields of JSON too. */
  readonly places: ReadonlyMap<string, readonly string[]>;
  /** What could not be compared, and why. */
  readonly notes: readonly string[];
}

/** Looks for the values in all that the caller may read, and keeps nothing of the others. */
export async function findElsewhere(values: ReadonlySet<string>, app: string): Promise<Elsewhere> {
  const places = new Map<string, string[]>();
  const see = (text: string, place: string) => {
    if (values.has(text)) places.set(text, [...(places.get(text) ?? []), place]);
  };
  if (values.size === 0) return { places, notes: [] };
  const notes = [
    await ifAllowed("parameters", "ssm:GetParametersByPath", async () => {
      for await (const { Name = "", Value = "" } of allParameters(app)) see(Value, `ssm:${Name}`);
    }),
    await ifAllowed("secrets", "secretsmanager:BatchGetSecretValue", async () => {
      for await (const { Name: name = "", SecretString: text = "" } of allSecrets()) {
        see(text, `secretsmanager:${name}`);
        const fields = readFields(text) ?? {};
        for (const field of Object.keys(fields)) {
          see(fieldText(fields, field) ?? "", `secretsmanager:${name}#${field}`);
        }
      }
    }),
  ];
  return { places, notes: notes.filter((note) => note !== undefined) };
}

/** A vault may hold very many, and each page is a call: who has more reads of the first ones. */
const pagesMax = 50;

async function* allParameters(app: string): AsyncGenerator<Parameter> {
  const ssm = await aws.ssm();
  let path = "/";
  let nextToken: string | undefined;
  for (let page = 0; page < pagesMax; page++) {
    showProgress(`comparing with the parameters that are there: page ${page + 1}`);
    const asked = { Path: path, Recursive: true, WithDecryption: true, MaxResults: 10 };
    try {
      const reply = await ssm.getParametersByPath({ ...asked, NextToken: nextToken });
      yield* reply.Parameters ?? [];
      nextToken = reply.NextToken;
    } catch (error) {
      // Many may read what is their application's and nothing else.
      if (path !== "/" || !isOneOf(error, "AccessDeniedException")) throw error;
      path = `/${app}/`;
      continue;
    }
    if (nextToken) continue;
    if (path !== "/") throw new Partly(`only those below ${path} may be read by path`);
    return;
  }
  throw new Partly(`only the first ${pagesMax * 10}`);
}

async function* allSecrets(): AsyncGenerator<SecretValueEntry> {
  const secretsManager = await aws.secretsManager();
  const listed = await allPages(
    async (token) => {
      const page = await secretsManager.listSecrets({ MaxResults: 100, ...token });
      return { items: page.SecretList ?? [], nextToken: page.NextToken };
    },
    (count) => showProgress(`comparing with the secrets that are there: ${count}`),
  );
  const names = listed.map(({ Name = "" }) => Name);
  for await (const { SecretValues = [] } of batches(names.slice(0, pagesMax * 20))) {
    yield* SecretValues;
  }
  if (names.length > pagesMax * 20) throw new Partly(`only the first ${pagesMax * 20}`);
}

/** What was compared, where it was not all. */
class Partly extends Error {}

/** A sentence where something stood in the way. */
async function ifAllowed(
  what: string,
  action: string,
  compare: () => Promise<void>,
): Promise<string | undefined> {
  try {
    await compare();
    return undefined;
  } catch (error) {
    if (error instanceof Partly) return `not all ${what} were compared with: ${error.message}`;
    if (isOneOf(error, "AccessDeniedException")) {
      return `not compared with the ${what} that are there: ${action} is denied`;
    }
    throw error;
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

/** By name; undefined where there is none, or it has no value yet. */
async function secretsNamed(names: readonly string[]): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for await (const { SecretValues = [], Errors = [] } of batches(names)) {
    for (const { Name = "", SecretString = "" } of SecretValues) texts.set(Name, SecretString);
    for (const { SecretId = "", ErrorCode } of Errors) {
      if (ErrorCode !== "ResourceNotFoundException") texts.set(SecretId, await readAlone(SecretId));
    }
  }
  return texts;
}

/** Twenty secrets a call, and a further call where they are too large for one reply. */
async function* batches(names: readonly string[]): AsyncGenerator<BatchGetSecretValueResponse> {
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

/** For its failure, in the words of the store: as of a secret that is scheduled for deletion. */
async function readAlone(name: string): Promise<string> {
  const { value } = await storeOf({ service: "secretsmanager" }).read(name);
  return isText(value) ? value.text : "";
}

function namesOf(references: readonly Reference[]): readonly string[] {
  return [...new Set(references.map(({ name }) => name))];
}

function* chunks<Item>(items: readonly Item[], size: number): Generator<Item[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}
