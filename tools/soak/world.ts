/**
 * One vault under the soak, as its clients know it: its nodes, what was acknowledged, and an account
 * of every answer.
 */
import type { Credentials } from "@aws-sdk/client-sts";
import { type Answered, Answers } from "../harness/answers.ts";
import { type AwsClients, asRoot, clientsOf } from "../harness/aws-clients.ts";
import type { ClusterNode } from "../harness/cluster.ts";
import type { VaultProcess } from "../harness/vault-process.ts";

interface Value {
  /** As its last acknowledged write left it; values count up. */
  acknowledged: number;
  attempted: number;
  /** One writer at a time, and none for a while after a write that may still happen. */
  writableFrom: number;
}

/** A write that was cut off happens by then, or never: no node is suspended for longer. */
const restMilliseconds = 40_000;

export class World {
  readonly name: string;
  readonly nodes: readonly ClusterNode[];
  readonly answers = new Answers();
  /** What must never be. */
  readonly wrong: string[] = [];
  /** By parameter, the version that was acknowledged last: who listens must hear of it. */
  readonly versions = new Map<string, number>();
  /** How many secrets there are that only fill caches, by number. */
  filledSecrets = 0;
  roleArn = "";
  keyId = "";
  /** As who assumed the role last. */
  session: (vault: VaultProcess) => AwsClients = asRoot;
  readonly #values = new Map<string, Value>();

  constructor(name: string, nodes: readonly ClusterNode[]) {
    this.name = name;
    this.nodes = nodes;
  }

  anyNode(): ClusterNode | undefined {
    const up = this.nodes.filter(({ isUp }) => isUp);
    return up[random(up.length)];
  }

  /** The output; undefined for a failure, of which the answers keep account. A refusal is wrong. */
  async take<Output extends Answered>(
    node: ClusterNode,
    operation: string,
    request: () => Promise<Output>,
  ): Promise<Output | undefined> {
    const answer = await this.answers.take(node.name, operation, request);
    if (answer.kind === "refused") {
      this.wrong.push(`${node.name} refused ${operation}: ${answer.code}`);
    }
    return answer.kind === "ok" ? answer.output : undefined;
  }

  /** Gives the name its next value, unless somebody is at it. */
  async write(
    name: string,
    write: (value: string) => Promise<Answered | undefined>,
  ): Promise<void> {
    const value = this.#value(name);
    if (performance.now() < value.writableFrom) return;
    value.writableFrom = Number.POSITIVE_INFINITY;
    const next = ++value.attempted;
    const reply = await write(`${next}`);
    if (reply !== undefined) value.acknowledged = next;
    value.writableFrom = performance.now() + (reply === undefined ? restMilliseconds : 0);
  }

  /** What no answer from now on may be below. */
  acknowledged(name: string): number {
    return this.#value(name).acknowledged;
  }

  /** Reads what may not be below what was acknowledged before it was asked for. */
  check(node: ClusterNode, name: string, acknowledged: number, found: string | undefined): void {
    if (Number(found) >= acknowledged) return;
    this.wrong.push(`${node.name} read ${found} of ${name}, which stood at ${acknowledged}`);
  }

  assumed({ AccessKeyId = "", SecretAccessKey = "", SessionToken }: Credentials): void {
    this.session = clientsOf({
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
    });
  }

  #value(name: string): Value {
    const value = this.#values.get(name) ?? { acknowledged: 0, attempted: 0, writableFrom: 0 };
    this.#values.set(name, value);
    return value;
  }
}

export function random(below: number): number {
  return Math.floor(Math.random() * below);
}
