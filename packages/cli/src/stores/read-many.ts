/**
 * Values by reference, many at once, in as few calls as the services allow. Either all are there,
 * or one failure names each that is not.
 */
import { createSecrets, type Secrets, type SecretsError } from "@claviger/client";
import { aws } from "../aws.ts";
import { awsFailure } from "../aws-failure.ts";
import { CommandFailure } from "../failure.ts";
import { seeList } from "./failures.ts";
import { fieldText, readFields } from "./fields.ts";
import { printed, type Reference } from "./reference.ts";

/** Nobody but the service's own policies stands in the way. */
export class NotAllowed extends CommandFailure {}

/** Nothing was decided: it can't be reached, it throttles, or it fails. */
export class Unavailable extends CommandFailure {}

/** By reference, as `printed` writes it. */
export type Values = ReadonlyMap<string, string>;

export async function readMany(references: readonly Reference[]): Promise<Values> {
  const services = new Set(references.map(({ service }) => service));
  return withSecrets([...services], (secrets) => readManyWith(secrets, references));
}

/** For who has a client of their own. */
export async function readManyWith(
  secrets: Secrets,
  references: readonly Reference[],
): Promise<Values> {
  const distinct = [...new Map(references.map((each) => [printed(each), each]))];
  const outcomes = await Promise.allSettled(
    distinct.map(async ([key, reference]) => [key, await textOf(secrets, reference)] as const),
  );
  const failures = outcomes.flatMap((outcome, index) => {
    const [key = ""] = distinct[index] ?? [];
    return outcome.status === "rejected" ? [failureOf(key, outcome.reason)] : [];
  });
  if (failures.length > 0) throw together(failures, distinct.length);
  return new Map(outcomes.flatMap((each) => (each.status === "fulfilled" ? [each.value] : [])));
}

/** Every parameter below the path, by name; empty where there is none. */
export async function readTree(path: string): Promise<Values> {
  return withSecrets(["ssm"], async (secrets) => {
    try {
      const tree = await secrets.byPath(path).get();
      const found = [...tree].map(([name, value]) => [name, value.reveal()] as const);
      return new Map(found.toSorted(([one], [other]) => (one < other ? -1 : 1)));
    } catch (error) {
      throw together([failureOf(`ssm:${path}`, error)], 1);
    }
  });
}

/** The command's own clients, so that who asks, and where, is the same as for its other words. */
async function withSecrets<T>(
  services: readonly Reference["service"][],
  read: (secrets: Secrets) => Promise<T>,
): Promise<T> {
  const ssm = services.includes("ssm") ? await aws.ssm() : undefined;
  const secretsManager = services.includes("secretsmanager")
    ? await aws.secretsManager()
    : undefined;
  const region = await (ssm ?? secretsManager)?.config.region();
  const secrets = createSecrets({ clients: { ssm, secretsManager }, region, push: false });
  try {
    return await read(secrets);
  } finally {
    secrets.close();
  }
}

async function textOf(secrets: Secrets, reference: Reference): Promise<string> {
  const { service, name, field } = reference;
  const stored = service === "ssm" ? secrets.parameter(name) : secrets.secret(name);
  const whole = (await stored.get()).reveal();
  if (field === undefined) return whole;
  const fields = readFields(whole);
  const see = `see what there is: claviger get ${printed({ ...reference, field: undefined })}`;
  if (fields === undefined) throw new CommandFailure("no JSON object, so it has no fields", see);
  const text = fieldText(fields, field);
  if (text === undefined) throw new CommandFailure("no such field", see);
  return text;
}

interface Failure {
  readonly reference: string;
  readonly why: string;
  readonly hint: string;
  readonly code: string | undefined;
}

function failureOf(reference: string, error: unknown): Failure {
  if (error instanceof CommandFailure) {
    return { reference, why: error.message, hint: error.hint, code: undefined };
  }
  const { code, cause, message } = error as SecretsError;
  const isBeingDeleted =
    (cause as { readonly code?: string } | undefined)?.code === "InvalidRequestException";
  const why = isBeingDeleted ? undefined : whys[code];
  if (why !== undefined) return { reference, why, hint: seeList(), code };
  const told = awsFailure(cause) ?? { message, hint: seeList() };
  return { reference, why: told.message, hint: told.hint, code };
}

const whys: Partial<Record<SecretsError["code"], string>> = {
  NotFound: "no such secret or parameter",
  NotText: "binary, and no text",
};

/** What they have in common is said once: where nothing answers, no reference is to blame. */
function together(failures: readonly Failure[], count: number): CommandFailure {
  const byWhy = Map.groupBy(failures, ({ why }) => why);
  const sentences = [...byWhy].map(([why, [first, ...others]]) => {
    const references = [first, ...others].map((each) => each?.reference).join(", ");
    return first?.code === "Unavailable" ? why : `${references}: ${why}`;
  });
  const many = count > 1 ? `${failures.length} of ${count} can't be read: ` : "";
  const message = byWhy.size > 1 || count > failures.length ? many : "";
  const areAll = (wanted: SecretsError["code"]) => failures.every(({ code }) => code === wanted);
  const isOutage = areAll("Unavailable");
  const Failed = areAll("AccessDenied") ? NotAllowed : isOutage ? Unavailable : CommandFailure;
  return new Failed(message + sentences.join("; "), failures[0]?.hint ?? seeList());
}
