/** The calls of an ordinary day, how often each comes, and what must be there before the first. */
import { asRoot } from "../harness/aws-clients.ts";
import type { ClusterNode } from "../harness/cluster.ts";
import { until } from "../harness/until.ts";
import { filledSecretName } from "./fill.ts";
import { random, type World } from "./world.ts";

type Call = (world: World, node: ClusterNode) => Promise<void>;

const parameters = 100;
const secrets = 30;
const namesPerCall = 10;
const RoleName = "soak";

/** So many calls a second, each through some node, whatever they take, until it is told to end. */
export async function callSteadily(
  world: World,
  callsPerSecond: number,
  end: AbortSignal,
): Promise<void> {
  const underWay = new Set<Promise<void>>();
  const beganAt = performance.now();
  for (let count = 0; !end.aborted; count++) {
    await until(beganAt + (1000 * count) / callsPerSecond);
    const node = world.anyNode();
    if (node === undefined) continue;
    const call = (deck[random(deck.length)] ?? readParameter)(world, node);
    underWay.add(call);
    void call.finally(() => underWay.delete(call));
  }
  await Promise.all(underWay);
}

export async function prepare(world: World): Promise<void> {
  const [node] = world.nodes;
  if (node === undefined) return;
  const clients = asRoot(node.vault);
  for (let number = 0; number < parameters; number++) {
    const Name = parameterName(number);
    await clients.ssm.putParameter({ Name, Value: "0", Type: "SecureString" });
  }
  for (let number = 0; number < secrets; number++) {
    await clients.secrets.createSecret({ Name: secretName(number), SecretString: "0" });
  }
  const AssumeRolePolicyDocument = policy({ Principal: { AWS: "*" }, Action: "sts:AssumeRole" });
  const { Role } = await clients.iam.createRole({ RoleName, AssumeRolePolicyDocument });
  world.roleArn = Role?.Arn ?? "";
  for (const call of [changePolicy, assumeRole, createKey]) await call(world, node);
}

const mix: readonly (readonly [share: number, call: Call])[] = [
  [40, readParameter],
  [16, readSecret],
  [4, readFilledSecret],
  [8, readParameters],
  [10, writeParameter],
  [6, writeSecret],
  [3, assumeRole],
  [2, changePolicy],
  [5, encrypt],
  [1, lookUp],
];
const deck = mix.flatMap(([share, call]) => Array.from({ length: share }, () => call));

/** Reads are the role's; the rest is the root's. */
async function readParameter(world: World, node: ClusterNode): Promise<void> {
  const Name = parameterName(random(parameters));
  const known = world.acknowledged(Name);
  const reply = await world.take(node, "GetParameter", () =>
    world.session(node.vault).ssm.getParameter({ Name, WithDecryption: true }),
  );
  if (reply !== undefined) world.check(node, Name, known, reply.Parameter?.Value);
}

async function readSecret(world: World, node: ClusterNode): Promise<void> {
  const SecretId = secretName(random(secrets));
  const known = world.acknowledged(SecretId);
  const reply = await world.take(node, "GetSecretValue", () =>
    world.session(node.vault).secrets.getSecretValue({ SecretId }),
  );
  if (reply !== undefined) world.check(node, SecretId, known, reply.SecretString);
}

/** Any of very many, so that caches that were filled stay so. */
async function readFilledSecret(world: World, node: ClusterNode): Promise<void> {
  if (world.filledSecrets === 0) return readSecret(world, node);
  const number = random(world.filledSecrets);
  const SecretId = filledSecretName(number);
  const reply = await world.take(node, "GetSecretValue", () =>
    world.session(node.vault).secrets.getSecretValue({ SecretId }),
  );
  if (reply !== undefined) world.check(node, SecretId, number, reply.SecretString);
}

async function readParameters(world: World, node: ClusterNode): Promise<void> {
  const from = random(parameters - namesPerCall);
  const Names = Array.from({ length: namesPerCall }, (_, at) => parameterName(from + at));
  const known = Names.map((name) => world.acknowledged(name));
  const reply = await world.take(node, "GetParameters", () =>
    world.session(node.vault).ssm.getParameters({ Names, WithDecryption: true }),
  );
  if (reply === undefined) return;
  for (const [at, name] of Names.entries()) {
    const found = reply.Parameters?.find(({ Name }) => Name === name);
    world.check(node, name, known[at] ?? 0, found?.Value);
  }
}

async function writeParameter(world: World, node: ClusterNode): Promise<void> {
  const Name = parameterName(random(parameters));
  await world.write(Name, async (Value) => {
    const reply = await world.take(node, "PutParameter", () =>
      asRoot(node.vault).ssm.putParameter({ Name, Value, Type: "SecureString", Overwrite: true }),
    );
    if (reply?.Version !== undefined) world.versions.set(Name, reply.Version);
    return reply;
  });
}

async function writeSecret(world: World, node: ClusterNode): Promise<void> {
  const SecretId = secretName(random(secrets));
  await world.write(SecretId, (SecretString) =>
    world.take(node, "PutSecretValue", () =>
      asRoot(node.vault).secrets.putSecretValue({ SecretId, SecretString }),
    ),
  );
}

async function assumeRole(world: World, node: ClusterNode): Promise<void> {
  const reply = await world.take(node, "AssumeRole", () =>
    asRoot(node.vault).sts.assumeRole({ RoleArn: world.roleArn, RoleSessionName: "soak" }),
  );
  if (reply?.Credentials !== undefined) world.assumed(reply.Credentials);
}

/** Another statement each time, and the same permission. */
async function changePolicy(world: World, node: ClusterNode): Promise<void> {
  const Action = ["ssm:GetParameter", "ssm:GetParameters", "secretsmanager:GetSecretValue"];
  const PolicyDocument = policy({ Sid: `Change${random(1e9)}`, Action, Resource: "*" });
  await world.take(node, "PutRolePolicy", () =>
    asRoot(node.vault).iam.putRolePolicy({ RoleName, PolicyName: "read", PolicyDocument }),
  );
}

async function encrypt(world: World, node: ClusterNode): Promise<void> {
  const { kms } = asRoot(node.vault);
  const Plaintext = Buffer.from("soak");
  const sealed = await world.take(node, "Encrypt", () =>
    kms.encrypt({ KeyId: world.keyId, Plaintext }),
  );
  const { CiphertextBlob } = sealed ?? {};
  if (CiphertextBlob === undefined) return;
  const opened = await world.take(node, "Decrypt", () => kms.decrypt({ CiphertextBlob }));
  const isSame = opened === undefined || Plaintext.equals(opened.Plaintext ?? Buffer.alloc(0));
  if (!isSame) world.wrong.push(`${node.name} decrypted something else than was encrypted`);
}

async function lookUp(world: World, node: ClusterNode): Promise<void> {
  const attribute = { AttributeKey: "EventName", AttributeValue: "PutParameter" } as const;
  await world.take(node, "LookupEvents", () =>
    asRoot(node.vault).trail.lookupEvents({ LookupAttributes: [attribute] }),
  );
}

/** RotateKeyOnDemand; a new key after every 20, since KMS has a limit of 25 a key. */
export async function rotateKey(world: World, turn: number): Promise<void> {
  const node = world.anyNode();
  if (node === undefined) return;
  if (turn % 20 === 19) await createKey(world, node);
  const { kms } = asRoot(node.vault);
  await world.take(node, "RotateKeyOnDemand", () => kms.rotateKeyOnDemand({ KeyId: world.keyId }));
}

async function createKey(world: World, node: ClusterNode): Promise<void> {
  const made = await world.take(node, "CreateKey", () => asRoot(node.vault).kms.createKey({}));
  world.keyId = made?.KeyMetadata?.KeyId ?? world.keyId;
}

function parameterName(number: number): string {
  return `/soak/${number}`;
}

function secretName(number: number): string {
  return `soak/${number}`;
}

function policy(members: object): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Allow", ...members } });
}
