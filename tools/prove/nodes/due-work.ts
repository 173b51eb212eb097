/**
 * Work that the vault does by itself when its time has come: parameters expire and tokens end on
 * the real clock, while secrets to purge and keys to rotate and to delete, whose shortest periods
 * are days, are made first and then have their dates moved in the database before any node runs.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Answers } from "../../harness/answers.ts";
import { type AwsClients, asRoot } from "../../harness/aws-clients.ts";
import type { Cluster, ClusterNode } from "../../harness/cluster.ts";
import { FeedListener } from "../../harness/feed-listener.ts";
import { sql } from "../../harness/sql.ts";

export interface DueWorkSize {
  /** Of each kind. */
  readonly count: number;
  /** They fall due within this, evenly. */
  readonly milliseconds: number;
}

export interface DueWork {
  /** Names of parameters that expire. */
  readonly parameters: readonly string[];
  /** Names of secrets whose token ends. */
  readonly tokens: readonly string[];
  /** Names of secrets that are purged. */
  readonly purged: readonly string[];
  readonly rotatedKeys: readonly string[];
  readonly deletedKeys: readonly string[];
}

/**
 * On a cluster of which no node runs; leaves it so. What the change feed tells behind `lastEventId`
 * is of the work that is done then.
 */
export async function prepareDueWork(
  cluster: Cluster,
  { count, milliseconds }: DueWorkSize,
): Promise<
  Pick<DueWork, "purged" | "rotatedKeys" | "deletedKeys"> & { readonly lastEventId: string }
> {
  const node = cluster.nodes[0] as ClusterNode;
  await node.start();
  const clients = asRoot(node.vault);
  const numbers = Array.from({ length: count }, (_, number) => number);
  const purged = await Promise.all(numbers.map((number) => scheduledSecret(clients, number)));
  const rotatedKeys = await Promise.all(numbers.map(() => rotatingKey(clients)));
  const deletedKeys = await Promise.all(numbers.map(() => scheduledKey(clients)));
  const listener = new FeedListener(
    () => node.vault,
    () => {},
  );
  const lastEventId = await listener.begun();
  await listener.close();
  await node.stop();
  const from = Date.now();
  for (const [number, name] of purged.entries()) {
    const at = from + (milliseconds * number) / count;
    const [rotated, deleted] = [rotatedKeys[number] ?? "", deletedKeys[number] ?? ""];
    await move(cluster, "secrets", "deleted-date", name, ["deletedDate"], at);
    await move(cluster, "keys", "rotation-date", rotated, ["rotation", "nextAt"], at);
    await move(cluster, "keys", "deletion-date", deleted, ["deletionAt"], at);
  }
  return { purged, rotatedKeys, deletedKeys, lastEventId };
}

/**
 * What falls due on the real clock, made through nodes that all run. `late` resolves at the end with
 * what was still read after its moment, as a sentence each.
 */
export async function beginDueWork(
  nodes: readonly ClusterNode[],
  answers: Answers,
  { count, milliseconds }: DueWorkSize,
): Promise<Pick<DueWork, "parameters" | "tokens"> & { readonly late: Promise<string[]> }> {
  const from = Date.now() + leadMilliseconds;
  const ending = Array.from({ length: count }, (_, number) => ({
    parameter: `/nodes/due/${number}`,
    token: `nodes/due/token-${number}`,
    endsAt: from + (milliseconds * number) / count,
  }));
  await Promise.all(
    ending.map(({ parameter, token, endsAt }, number) => {
      const { vault } = nodes[number % nodes.length] as ClusterNode;
      return makeEnding(asRoot(vault), parameter, token, new Date(endsAt).toISOString());
    }),
  );
  const watching = ending.map(({ parameter, endsAt }) =>
    stillReading(nodes, answers, parameter, endsAt),
  );
  return {
    parameters: ending.map(({ parameter }) => parameter),
    tokens: ending.map(({ token }) => token),
    late: Promise.all(watching).then((late) => late.flat()),
  };
}

/** So that all are made before the first one falls due. */
const leadMilliseconds = 3000;

async function makeEnding(
  { ssm, secrets }: AwsClients,
  Name: string,
  token: string,
  Timestamp: string,
): Promise<void> {
  await ssm.putParameter({
    Name,
    Value: "x",
    Type: "SecureString",
    Tier: "Advanced",
    Policies: JSON.stringify([{ Type: "Expiration", Version: "1.0", Attributes: { Timestamp } }]),
  });
  const Tags = [{ Key: "claviger:expires-at", Value: Timestamp }];
  await secrets.createSecret({ Name: token, SecretString: "x", Tags });
}

/** Whether or not a sweep came by: what has expired reads as expired, on every node that runs. */
async function stillReading(
  nodes: readonly ClusterNode[],
  answers: Answers,
  Name: string,
  endsAt: number,
): Promise<string[]> {
  await sleep(endsAt - Date.now() + 1);
  const asked = nodes
    .filter(({ isUp }) => isUp)
    .map(async (node) => {
      const answer = await answers.take(node.name, "expired read", () =>
        asRoot(node.vault).ssm.getParameter({ Name }),
      );
      return answer.kind === "ok" ? `${node.name} still reads ${Name}, which has expired` : "";
    });
  return (await Promise.all(asked)).filter((late) => late !== "");
}

async function scheduledSecret({ secrets }: AwsClients, number: number): Promise<string> {
  const Name = `nodes/due/purged-${number}`;
  await secrets.createSecret({ Name, SecretString: "x" });
  await secrets.deleteSecret({ SecretId: Name, RecoveryWindowInDays: 7 });
  return Name;
}

async function rotatingKey({ kms }: AwsClients): Promise<string> {
  const { KeyMetadata } = await kms.createKey({});
  const KeyId = KeyMetadata?.KeyId ?? "";
  await kms.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 });
  return KeyId;
}

async function scheduledKey({ kms }: AwsClients): Promise<string> {
  const { KeyMetadata } = await kms.createKey({});
  const KeyId = KeyMetadata?.KeyId ?? "";
  await kms.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 });
  return KeyId;
}

/** Moves a date in a row and in the index that sweeps walk. */
async function move(
  { database }: Cluster,
  table: "secrets" | "keys",
  index: string,
  name: string,
  member: readonly string[],
  at: number,
): Promise<void> {
  const key = `123456789012/us-east-1/${name}`;
  const time = Math.round(at);
  await sql(
    database,
    `UPDATE "${table}" SET "body" = jsonb_set("body"::jsonb, $2, $3::jsonb)::text WHERE "key" = $1`,
    [key, member, JSON.stringify(time)],
  );
  await sql(database, `UPDATE "${table}_index" SET "value" = $3 WHERE "key" = $1 AND "name" = $2`, [
    key,
    index,
    String(time).padStart(15, "0"),
  ]);
}
