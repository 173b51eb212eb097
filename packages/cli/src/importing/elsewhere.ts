/** Where else in the stores the values of an import stand: fields of JSON secrets, too. */
import type { SecretValueEntry } from "@aws-sdk/client-secrets-manager";
import type { Parameter } from "@aws-sdk/client-ssm";
import { aws } from "../aws.ts";
import { isOneOf } from "../aws-failure.ts";
import { fieldText, readFields } from "../stores/fields.ts";
import { allPages } from "../stores/pages.ts";
import { showProgress } from "../terminal/progress.ts";
import { batches } from "./held.ts";

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
    await ifAllowed("secrets", "secretsmanager:ListSecrets and BatchGetSecretValue", async () => {
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
  actions: string,
  compare: () => Promise<void>,
): Promise<string | undefined> {
  try {
    await compare();
    return undefined;
  } catch (error) {
    if (error instanceof Partly) return `not all ${what} were compared with: ${error.message}`;
    if (isOneOf(error, "AccessDeniedException")) {
      return `not compared with the ${what} that are there: that takes ${actions}`;
    }
    throw error;
  }
}
