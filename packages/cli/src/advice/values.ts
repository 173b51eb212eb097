/**
 * Values, read to be compared in memory: many a call, as AWS gives them. Nothing of them leaves
 * this process.
 */
import { aws } from "../aws.ts";
import { isOneOf } from "../aws-failure.ts";
import type { Value } from "../stores/value.ts";
import { clearProgress, showProgress } from "../terminal/progress.ts";
import type { Notes } from "./notes.ts";
import type { Subject } from "./subject.ts";

type Values = Map<string, Value>;

/** The subjects with their values, as far as the caller may read them. */
export async function withValues(
  subjects: readonly Subject[],
  notes: Notes,
): Promise<readonly Subject[]> {
  const namesIn = (service: string) =>
    subjects.flatMap(({ reference }) => (reference.service === service ? [reference.name] : []));
  try {
    const parameters = await parameterValues(namesIn("ssm"), notes);
    const secrets = await secretValues(namesIn("secretsmanager"), notes);
    return subjects.map((subject) => {
      const { service, name } = subject.reference;
      return { ...subject, value: (service === "ssm" ? parameters : secrets).get(name) };
    });
  } finally {
    clearProgress();
  }
}

/** One that the caller may not read denies all of its ten, so those are asked for alone. */
async function parameterValues(names: readonly string[], notes: Notes): Promise<Values> {
  const ssm = await aws.ssm();
  const found: Values = new Map();
  let denied = 0;
  const read = async (Names: string[]): Promise<void> => {
    try {
      const { Parameters = [] } = await ssm.getParameters({ Names, WithDecryption: true });
      for (const { Name = "", Value: text = "" } of Parameters) found.set(Name, { text });
    } catch (error) {
      if (!isOneOf(error, "AccessDeniedException")) throw error;
      if (Names.length === 1) denied += 1;
      else for (const name of Names) await read([name]);
    }
  };
  for (const batch of chunks(names, 10)) {
    showProgress(`comparing values of parameters: ${found.size} of ${names.length}`);
    await read(batch);
  }
  if (denied > 0)
    notes.add(`not looked at: values of ${denied} parameters: ssm:GetParameters is denied`);
  return found;
}

/** A batch says of each secret whether it may be read. */
async function secretValues(names: readonly string[], notes: Notes): Promise<Values> {
  const secretsManager = await aws.secretsManager();
  const found: Values = new Map();
  let denied = 0;
  for (const SecretIdList of chunks(names, 20)) {
    showProgress(`comparing values of secrets: ${found.size} of ${names.length}`);
    let NextToken: string | undefined;
    do {
      const page = await notes.ifAllowed(
        "values of secrets",
        "secretsmanager:BatchGetSecretValue",
        () => secretsManager.batchGetSecretValue({ SecretIdList, ...(NextToken && { NextToken }) }),
      );
      if (page === undefined) return found;
      for (const { Name = "", SecretString, SecretBinary } of page.SecretValues ?? []) {
        const value = SecretString === undefined ? binary(SecretBinary) : { text: SecretString };
        found.set(Name, value);
      }
      // Those without a value yet are errors too.
      denied += (page.Errors ?? []).filter(({ ErrorCode = "" }) => /Denied/.test(ErrorCode)).length;
      NextToken = page.NextToken;
    } while (NextToken);
  }
  if (denied > 0)
    notes.add(
      `not looked at: values of ${denied} secrets: secretsmanager:GetSecretValue is denied`,
    );
  return found;
}

function binary(bytes: Uint8Array = new Uint8Array()): Value {
  return { bytes };
}

function* chunks<Item>(items: readonly Item[], size: number): Generator<Item[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}
