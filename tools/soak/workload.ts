/**
 * What the soak's clients do to one vault: the calls of an ordinary day, at a bounded rate, each
 * through a node at random. Values count up, so that a read which is older than an acknowledged
 * write is seen.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Answered, Answers } from "../harness/answers.ts";
import { type AwsClients, asRoot, clientsFor, type Keys } from "../harness/aws-clients.ts";
import type { ClusterNode } from "../harness/cluster.ts";

const parameters = 100;
const secrets = 30;
const namesPerCall = 10;
const RoleName = "soak";
const trust = statement({ Principal: { AWS: "*" }, Action: "sts:AssumeRole" });

/** Of a name whose last write failed it is not known what it says. */
type Known = Map<string, number | undefined>;

export class Workload {
  readonly answers = new Answers();
  /** What must never be. */
  readonly wrong: string[] = [];
  /** By parameter: what was last acknowledged as its version. */
  readonly acknowledgedVersions = new Map<string, number>();
  readonly #nodes: readonly ClusterNode[];
  readonly #values: Known = new Map();
  #keyId = "";
  #session: Keys | undefined;
  #policies = 0;

  constructor(nodes: readonly ClusterNode[]) {
    this.#nodes = nodes;
  }

  async prepare(): Promise<void> {
    const [node] = this.#nodes;
    if (node === undefined) return;
    const { ssm, secrets: secretsManager, iam, kms } = asRoot(node.vault);
    for (let number = 0; number < parameters; number++) {
      const Name = parameterName(number);
      await ssm.putParameter({ Name, Value: "0", Type: "SecureString" });
      this.#values.set(Name, 0);
    }
    for (let number = 0; number < secrets; number++) {
      const Name = secretName(number);
      await secretsManager.createSecret({ Name, SecretString: "0" });
      this.#values.set(Name, 0);
    }
    await iam.createRole({ RoleName, AssumeRolePolicyDocument: trust });
    await iam.putRolePolicy({ RoleName, PolicyName: "read", PolicyDocument: reading(0) });
    const { KeyMetadata } = await kms.createKey({});
    this.#keyId = KeyMetadata?.KeyId ?? "";
    await this.#assume(node);
  }

  /** So many calls a second, whatever they take, until it is told to end. */
  async run(callsPerSecond: number, end: AbortSignal): Promise<void> {
    const under = new Set<Promise<void>>();
    const beganAt = performance.now();
    for (let call = 0; !end.aborted; call++) {
      await sleep(beganAt + (1000 * call) / callsPerSecond - performance.now());
      const one = this.#one();
      under.add(one);
      void one.finally(() => under.delete(one));
    }
    await Promise.all(under);
  }

  /** A new key comes after 20 rotations: KMS has a limit of 25. */
  async rotateKey(turn: number): Promise<void> {
    const node = this.#anyNode();
    if (node === undefined) return;
    const { kms } = asRoot(node.vault);
    if (turn % 20 === 19) {
      const made = await this.#take(node, "CreateKey", () => kms.createKey({}));
      this.#keyId = made?.KeyMetadata?.KeyId ?? this.#keyId;
    }
    const KeyId = this.#keyId;
    await this.#take(node, "RotateKeyOnDemand", () => kms.rotateKeyOnDemand({ KeyId }));
  }

  async #one(): Promise<void> {
    const node = this.#anyNode();
    if (node === undefined) return;
    const root = asRoot(node.vault);
    const share = Math.random() * totalShare;
    let sum = 0;
    for (const [part, call] of calls) {
      sum += part;
      if (share < sum) return call.call(this, node, root);
    }
  }

  /** As whoever assumed the role. */
  async #readParameter(node: ClusterNode): Promise<void> {
    const Name = parameterName(random(parameters));
    const floor = this.#values.get(Name);
    const { ssm } = clientsOf(node, this.#session);
    const reply = await this.#take(node, "GetParameter", () =>
      ssm.getParameter({ Name, WithDecryption: true }),
    );
    this.#check(node, Name, floor, reply?.Parameter?.Value);
  }

  async #readSecret(node: ClusterNode): Promise<void> {
    const SecretId = secretName(random(secrets));
    const floor = this.#values.get(SecretId);
    const { secrets: secretsManager } = clientsOf(node, this.#session);
    const reply = await this.#take(node, "GetSecretValue", () =>
      secretsManager.getSecretValue({ SecretId }),
    );
    this.#check(node, SecretId, floor, reply?.SecretString);
  }

  async #readMany(node: ClusterNode, { ssm }: AwsClients): Promise<void> {
    const from = random(parameters - namesPerCall);
    const Names = Array.from({ length: namesPerCall }, (_, at) => parameterName(from + at));
    const floors = Names.map((name) => this.#values.get(name));
    const reply = await this.#take(node, "GetParameters", () =>
      ssm.getParameters({ Names, WithDecryption: true }),
    );
    for (const [at, name] of Names.entries()) {
      const found = reply?.Parameters?.find(({ Name }) => Name === name);
      if (reply !== undefined) this.#check(node, name, floors[at], found?.Value ?? "absent");
    }
  }

  async #writeParameter(node: ClusterNode, { ssm }: AwsClients): Promise<void> {
    await this.#write(parameterName(random(parameters)), async (Name, Value) => {
      const reply = await this.#take(node, "PutParameter", () =>
        ssm.putParameter({ Name, Value, Type: "SecureString", Overwrite: true }),
      );
      if (reply !== undefined) this.acknowledgedVersions.set(Name, reply.Version ?? 0);
      return reply;
    });
  }

  async #writeSecret(node: ClusterNode, { secrets: secretsManager }: AwsClients): Promise<void> {
    await this.#write(secretName(random(secrets)), (SecretId, SecretString) =>
      this.#take(node, "PutSecretValue", () =>
        secretsManager.putSecretValue({ SecretId, SecretString }),
      ),
    );
  }

  /** One writer a name at a time; nothing is known of it in between. */
  async #write(
    name: string,
    write: (name: string, value: string) => Promise<Answered | undefined>,
  ): Promise<void> {
    const value = this.#values.get(name);
    if (value === undefined) return;
    this.#values.set(name, undefined);
    const reply = await write(name, `${value + 1}`);
    if (reply !== undefined) this.#values.set(name, value + 1);
  }

  async #assume(node: ClusterNode): Promise<void> {
    const { sts, iam } = asRoot(node.vault);
    const role = await this.#take(node, "GetRole", () => iam.getRole({ RoleName }));
    if (role === undefined) return;
    const reply = await this.#take(node, "AssumeRole", () =>
      sts.assumeRole({ RoleArn: role.Role?.Arn, RoleSessionName: "soak" }),
    );
    const { AccessKeyId = "", SecretAccessKey = "", SessionToken } = reply?.Credentials ?? {};
    if (reply === undefined) return;
    const session = {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
    };
    this.#session = session;
  }

  async #changePolicy(node: ClusterNode, { iam }: AwsClients): Promise<void> {
    const PolicyDocument = reading(++this.#policies);
    await this.#take(node, "PutRolePolicy", () =>
      iam.putRolePolicy({ RoleName, PolicyName: "read", PolicyDocument }),
    );
  }

  async #encrypt(node: ClusterNode, { kms }: AwsClients): Promise<void> {
    const KeyId = this.#keyId;
    const Plaintext = Buffer.from("soak");
    const sealed = await this.#take(node, "Encrypt", () => kms.encrypt({ KeyId, Plaintext }));
    const { CiphertextBlob } = sealed ?? {};
    if (CiphertextBlob === undefined) return;
    const opened = await this.#take(node, "Decrypt", () => kms.decrypt({ CiphertextBlob }));
    const isSame = opened === undefined || Plaintext.equals(opened.Plaintext ?? Buffer.alloc(0));
    if (!isSame) this.wrong.push(`${node.name} decrypted something else than was encrypted`);
  }

  async #lookUp(node: ClusterNode, { trail }: AwsClients): Promise<void> {
    const LookupAttributes = [{ AttributeKey: "EventName" as const, AttributeValue: "PutParameter" }];
    await this.#take(node, "LookupEvents", () => trail.lookupEvents({ LookupAttributes }));
  }

  static readonly calls = [
    [40, Workload.prototype.#readParameter],
    [20, Workload.prototype.#readSecret],
    [8, Workload.prototype.#readMany],
    [10, Workload.prototype.#writeParameter],
    [6, Workload.prototype.#writeSecret],
    [3, Workload.prototype.#assume],
    [2, Workload.prototype.#changePolicy],
    [5, Workload.prototype.#encrypt],
    [1, Workload.prototype.#lookUp],
  ] as const;

  #check(node: ClusterNode, name: string, floor: number | undefined, found?: string): void {
    if (found === undefined || floor === undefined || Number(found) >= floor) return;
    this.wrong.push(`${node.name} read ${found} of ${name}, which stood at ${floor}`);
  }

  /** The output; undefined for a failure, which is on the answers' account. A refusal is wrong. */
  async #take<Output extends Answered>(
    node: ClusterNode,
    operation: string,
    request: () => Promise<Output>,
  ): Promise<Output | undefined> {
    const answer = await this.answers.take(node.name, operation, request);
    if (answer.kind === "ok") return answer.output;
    if (answer.kind === "refused") {
      this.wrong.push(`${node.name} refused ${operation}: ${answer.code}`);
    }
    return undefined;
  }

  #anyNode(): ClusterNode | undefined {
    const up = this.#nodes.filter(({ isUp }) => isUp);
    return up[random(up.length)];
  }
}
