/**
 * Writers that go on through whatever happens to a vault and remember what it told them: which
 * writes it acknowledged, and which ended without. Afterwards everything acknowledged must be there.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { CloudTrailClient, paginateLookupEvents } from "@aws-sdk/client-cloudtrail";
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { clientConfiguration } from "../prove/client-configuration.ts";

type Environment = Readonly<Record<string, string>>;

/** A write as its writer saw it end. */
export interface Write {
  readonly kind: "parameter" | "secret";
  readonly name: string;
  /** Grows by one with each write to a name; the value says it too. */
  readonly turn: number;
  readonly requestId: string | undefined;
  readonly versionId: string | undefined;
  /** What the client saw instead of an acknowledgement: `ServiceUnavailable 503`, `ECONNRESET`. */
  readonly failure: string | undefined;
}

// Fewer than the 100 versions that a parameter keeps.
const turnsMax = 50;

/** Of a writer whose write failed, as an SDK's. */
const backOffMilliseconds = 20;

export class Writers {
  readonly writes: Write[] = [];
  readonly #writing: readonly Promise<void>[];
  #isOver = false;

  /** Half of them write parameters, half secrets, under names that begin with `/prefix/`. */
  constructor(environment: Environment, prefix: string, count = 8) {
    this.#writing = Array.from({ length: count }, (_, writer) =>
      this.#write(environment, `/${prefix}/${writer}`, writer % 2 === 0 ? "parameter" : "secret"),
    );
  }

  get acknowledged(): readonly Write[] {
    return this.writes.filter(({ failure }) => failure === undefined);
  }

  get cut(): readonly Write[] {
    return this.writes.filter(({ failure }) => failure !== undefined);
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#writing);
  }

  /** Name after name, each again and again; after a failure a new name, as nobody knows how it ended. */
  async #write(environment: Environment, prefix: string, kind: Write["kind"]): Promise<void> {
    const clients = clientsOf(environment);
    for (let number = 0; !this.#isOver; number++) {
      const name = `${prefix}/${number}`;
      for (let turn = 1; turn <= turnsMax && !this.#isOver; turn++) {
        try {
          const told = await put(clients, kind, name, turn);
          this.writes.push({ kind, name, turn, ...told, failure: undefined });
        } catch (error) {
          const ended = { requestId: undefined, versionId: undefined, failure: failureOf(error) };
          this.writes.push({ kind, name, turn, ...ended });
          await sleep(backOffMilliseconds);
          break;
        }
      }
    }
  }
}

/**
 * Throws unless every acknowledged version opens to its value, and what was cut off is there whole
 * or not at all.
 */
export async function demandAllThere(
  environment: Environment,
  writers: Pick<Writers, "acknowledged" | "cut">,
): Promise<void> {
  const clients = clientsOf(environment);
  for (const write of writers.acknowledged) {
    const found = await versionOf(clients, write).catch(failureOf);
    if (found !== valueAt(write)) {
      throw new Error(`${write.kind} ${write.name}, turn ${write.turn}, is lost: ${found}`);
    }
  }
  for (const write of writers.cut.filter(({ turn }) => turn > 1)) {
    const { kind, name, turn } = write;
    const newest = await newestOf(clients, write);
    const isWhole = [turn - 1, turn].some((at) => newest === valueAt({ name, turn: at }));
    if (!isWhole) {
      throw new Error(
        `${kind} ${name} is neither as before turn ${turn}, which was cut, nor after`,
      );
    }
  }
}

/** Throws unless LookupEvents finds each acknowledged write's event by its request id. */
export async function demandAllAudited(
  environment: Environment,
  writers: Writers,
  since: Date,
): Promise<void> {
  const { trail } = clientsOf(environment);
  const missing = new Set(writers.acknowledged.map(({ requestId }) => requestId));
  for (const AttributeValue of ["PutParameter", "CreateSecret", "PutSecretValue"]) {
    const LookupAttributes = [{ AttributeKey: "EventName" as const, AttributeValue }];
    const pages = paginateLookupEvents({ client: trail }, { StartTime: since, LookupAttributes });
    for await (const { Events = [] } of pages) {
      for (const { CloudTrailEvent = "{}" } of Events) {
        missing.delete(JSON.parse(CloudTrailEvent).requestID);
      }
    }
  }
  if (missing.size > 0) throw new Error(`${missing.size} acknowledged writes have no audit event`);
}

/** As a client's user sees it. */
export function failureOf(error: unknown): string {
  const { name, code, $metadata, cause } = error as Error & {
    readonly code?: string;
    readonly $metadata?: { readonly httpStatusCode?: number };
    readonly cause?: { readonly code?: string };
  };
  const status = $metadata?.httpStatusCode;
  return status === undefined ? (code ?? cause?.code ?? name) : `${name} ${status}`;
}

function clientsOf(environment: Environment) {
  const configuration = clientConfiguration(environment);
  return {
    ssm: new SSMClient(configuration),
    secrets: new SecretsManagerClient(configuration),
    trail: new CloudTrailClient(configuration),
  };
}

type Clients = ReturnType<typeof clientsOf>;

async function put({ ssm, secrets }: Clients, kind: Write["kind"], name: string, turn: number) {
  const value = valueAt({ name, turn });
  if (kind === "parameter") {
    const input = { Name: name, Value: value, Type: "SecureString", Overwrite: turn > 1 } as const;
    const { $metadata } = await ssm.send(new PutParameterCommand(input));
    return { requestId: $metadata.requestId, versionId: undefined };
  }
  const { $metadata, VersionId } =
    turn === 1
      ? await secrets.send(new CreateSecretCommand({ Name: name, SecretString: value }))
      : await secrets.send(new PutSecretValueCommand({ SecretId: name, SecretString: value }));
  return { requestId: $metadata.requestId, versionId: VersionId };
}

async function versionOf({ ssm, secrets }: Clients, { kind, name, turn, versionId }: Write) {
  if (kind === "parameter") {
    const input = { Name: `${name}:${turn}`, WithDecryption: true };
    return (await ssm.send(new GetParameterCommand(input))).Parameter?.Value;
  }
  const input = { SecretId: name, VersionId: versionId };
  return (await secrets.send(new GetSecretValueCommand(input))).SecretString;
}

async function newestOf({ ssm, secrets }: Clients, { kind, name }: Write) {
  return kind === "parameter"
    ? (await ssm.send(new GetParameterCommand({ Name: name, WithDecryption: true }))).Parameter
        ?.Value
    : (await secrets.send(new GetSecretValueCommand({ SecretId: name }))).SecretString;
}

function valueAt({ name, turn }: Pick<Write, "name" | "turn">): string {
  return `value of ${name} at turn ${turn}`;
}
