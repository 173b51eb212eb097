/**
 * Fills what every process of a vault keeps in memory within bounds: what grows from then on is not
 * a cache on its way to them. A secret that was read leaves its rows and its data key, a session that
 * asked leaves itself.
 */
import { randomUUID } from "node:crypto";
import { Requester } from "../bench/requester.ts";
import { signedRequest } from "../bench/signed-request.ts";
import { asRoot } from "../harness/aws-clients.ts";
import type { ClusterNode } from "../harness/cluster.ts";
import type { World } from "./world.ts";

/** As many data keys as a process keeps; their rows are more than its 32 MiB. */
const filledSecrets = 16_384;
/** As many opened sessions as a process keeps. */
const filledSessions = 8192;

/** Of BatchGetSecretValue. */
const secretsAtOnce = 20;
const underWayMax = 24;
const attemptsMax = 3;

const service = "secretsmanager";

export function filledSecretName(number: number): string {
  return `soak-filled/${number}`;
}

/** Says what was done. */
export async function fillCaches(world: World): Promise<string> {
  const startedAt = performance.now();
  const processes = world.nodes.map((node) => ({ node, requester: new Requester(node.vault) }));
  await sideBySide(filledSecrets, (number) => {
    const [Name, ClientRequestToken] = [filledSecretName(number), randomUUID()];
    const input = { Name, ClientRequestToken, SecretString: `${number}` };
    const asked = dealt(processes, number);
    return again(() => asked.requester.ask({ service, operation: "CreateSecret", input }));
  });
  await sideBySide(Math.ceil(filledSecrets / secretsAtOnce), async (batch) => {
    const numbers = Array.from({ length: secretsAtOnce }, (_, at) => batch * secretsAtOnce + at);
    const input = {
      SecretIdList: numbers.filter((each) => each < filledSecrets).map(filledSecretName),
    };
    for (const { requester } of processes) {
      await again(() => requester.ask({ service, operation: "BatchGetSecretValue", input }));
    }
  });
  await sideBySide(filledSessions, async (number) => {
    const keys = await newSession(world, dealt(processes, number).node);
    const target = `${service}.GetSecretValue`;
    const input = { SecretId: filledSecretName(number) };
    for (const { node, requester } of processes) {
      const { url } = node.vault;
      await again(() => requester.send(signedRequest({ url, service, target, ...keys }, input)));
    }
  });
  for (const { requester } of processes) requester.close();
  world.filledSecrets = filledSecrets;
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  return `${world.name}: ${filledSecrets} secrets and ${filledSessions} sessions fill the caches, in ${seconds} s`;
}

async function newSession({ roleArn: RoleArn }: World, node: ClusterNode) {
  const { sts } = asRoot(node.vault);
  const { Credentials } = await again(() => sts.assumeRole({ RoleArn, RoleSessionName: "fill" }));
  const { AccessKeyId = "", SecretAccessKey = "", SessionToken } = Credentials ?? {};
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}

/** All from 0 on, a bounded number of them at once. */
async function sideBySide(count: number, work: (number: number) => Promise<unknown>) {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: underWayMax }, worker));
}

/** A connection that was idle may be closed just when it is used again. */
async function again<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await ask();
    } catch (error) {
      if (attempts === attemptsMax) throw error;
    }
  }
}

function dealt<Item>(items: readonly Item[], number: number): Item {
  return items[number % items.length] as Item;
}
