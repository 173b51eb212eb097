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

export function filledSecretName(number: number): string {
  return `soak-filled/${number}`;
}

/** Says what was done. */
export async function fillCaches(world: World): Promise<string> {
  const { name, nodes, roleArn } = world;
  const startedAt = performance.now();
  const requesters = nodes.map(({ vault }) => new Requester(vault));
  const atSomeNode = (number: number) => number % nodes.length;
  const secret = { service: "secretsmanager" } as const;
  await sideBySide(filledSecrets, (number) => {
    const input = {
      Name: filledSecretName(number),
      ClientRequestToken: randomUUID(),
      SecretString: `${number}`,
    };
    return requesters[atSomeNode(number)]?.ask({ ...secret, operation: "CreateSecret", input });
  });
  await sideBySide(Math.ceil(filledSecrets / secretsAtOnce), async (batch) => {
    const numbers = Array.from({ length: secretsAtOnce }, (_, at) => batch * secretsAtOnce + at);
    const SecretIdList = numbers.filter((each) => each < filledSecrets).map(filledSecretName);
    for (const requester of requesters) {
      await requester.ask({ ...secret, operation: "BatchGetSecretValue", input: { SecretIdList } });
    }
  });
  await sideBySide(filledSessions, async (number) => {
    const asker = nodes[atSomeNode(number)] as ClusterNode;
    const { Credentials } = await asRoot(asker.vault).sts.assumeRole({
      RoleArn: roleArn,
      RoleSessionName: `soak-${number}`,
    });
    const { AccessKeyId = "", SecretAccessKey = "", SessionToken } = Credentials ?? {};
    for (const [at, { vault }] of nodes.entries()) {
      const keys = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey };
      const target = "secretsmanager.GetSecretValue";
      const signing = { url: vault.url, ...secret, ...keys, sessionToken: SessionToken, target };
      await requesters[at]?.send(signedRequest(signing, { SecretId: filledSecretName(number) }));
    }
  });
  for (const requester of requesters) requester.close();
  world.filledSecrets = filledSecrets;
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  return `caches of ${name} filled: ${filledSecrets} secrets and ${filledSessions} sessions in ${seconds} s`;
}

/** All from 0 on, a bounded number of them at once. */
async function sideBySide(
  count: number,
  work: (number: number) => Promise<unknown> | undefined,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: underWayMax }, worker));
}
