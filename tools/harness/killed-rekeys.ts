/**
 * A vault that changes its root key again and again while clients read and write, and is killed in
 * the middle: each rekey is begun, cut short, gone on with, and at its end everything that was
 * acknowledged must be there, under the new generation alone.
 */
import { randomBytes, randomInt } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { IAM } from "@aws-sdk/client-iam";
import { SSM } from "@aws-sdk/client-ssm";
import { signedRequest } from "../bench/signed-request.ts";
import { clientConfiguration } from "../prove/client-configuration.ts";
import { askVault } from "./ask-vault.ts";
import { sealedState } from "./sealed-rows.ts";
import { startVaultProcess, temporaryFolder, type VaultProcess } from "./vault-process.ts";

export interface KilledRekeys {
  readonly root: string;
  /** Users with two access keys each: what there is to seal anew. */
  readonly users: number;
  readonly rekeys: number;
  readonly killsPerRekey: number;
  print(line: string): void;
}

export interface Figures {
  kills: number;
  /** Kills that found rows under two generations. */
  cutInTheMiddle: number;
  acknowledgedWrites: number;
  reads: number;
  /** Rows that were sealed anew, over all rekeys. */
  rows: number;
}

interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The world as its clients were told it is. */
interface World {
  readonly accessKeys: AccessKey[];
  /** Parameters by name, and the number that was last acknowledged as their value. */
  readonly values: Map<string, number>;
}

/** By then every client has its connection. */
const warmUpMilliseconds = 300;
const killWithinMilliseconds = 80;
const rekeyBeginsWithinMilliseconds = 5000;
const writers = 4;

/** Throws at the first thing that is lost, unreadable, or opened by an old root key. */
export async function killedRekeys(options: KilledRekeys): Promise<Figures> {
  const { root, print } = options;
  const dataDirectory = join(temporaryFolder("rekey"), "data");
  const figures = { kills: 0, cutInTheMiddle: 0, acknowledgedWrites: 0, reads: 0, rows: 0 };
  const world: World = { accessKeys: [], values: new Map() };
  const start = () => {
    const { source } = sealedState(dataDirectory);
    return startVaultProcess({ root, dataDirectory, rootKey: source });
  };
  let vault = await startVaultProcess({ root, dataDirectory });
  await populate(vault, world, options.users);
  for (let turn = 1; turn <= options.rekeys; turn++) {
    const old = sealedState(dataDirectory).source;
    const target = newRootKey();
    for (let kill = 1; kill <= options.killsPerRekey; kill++) {
      const working = work(vault, world, figures);
      await sleep(warmUpMilliseconds);
      void askVault(vault, "StartRekey", { Source: target }).catch(() => {});
      // Every other one comes when it surely cuts something, however slow the machine is.
      if (figures.kills % 2 === 0) await firstRowsResealed(dataDirectory);
      else await sleep(randomInt(killWithinMilliseconds));
      await vault.kill();
      await working;
      figures.kills++;
      if (sealedState(dataDirectory).rows.size > 1) figures.cutInTheMiddle++;
      vault = await start();
    }
    await finish(vault, target);
    await vault.stop();
    const { rows, source } = sealedState(dataDirectory);
    demand(source === target, `the root key comes from ${source} after a rekey to ${target}`);
    demand(rows.size === 1, `rows lie under the generations ${[...rows.keys()].join(", ")}`);
    figures.rows += [...rows.values()].reduce((sum, each) => sum + each, 0);
    await demandRefused(root, dataDirectory, old);
    vault = await start();
    await demandAllThere(vault, world);
    print(`rekey ${turn}: generation ${[...rows.keys()][0]} alone, ${[...rows.values()][0]} rows`);
  }
  await vault.stop();
  return figures;
}

/** Resolves when rows lie under two generations; at the latest when no rekey will come any more. */
async function firstRowsResealed(dataDirectory: string): Promise<void> {
  const latest = performance.now() + rekeyBeginsWithinMilliseconds;
  const [before] = sealedState(dataDirectory).rows.keys();
  while (performance.now() < latest) {
    const [first, ...others] = sealedState(dataDirectory).rows.keys();
    if (others.length > 0 || first !== before) return;
    await sleep(1);
  }
}

function demand(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise);
}

function newRootKey(): string {
  const path = join(temporaryFolder("root-key"), "root.key");
  writeFileSync(path, `${randomBytes(32).toString("base64")}\n`, { mode: 0o600 });
  return `file:${path}`;
}

async function populate(vault: VaultProcess, world: World, users: number): Promise<void> {
  const iam = new IAM(clientConfiguration(vault.environment));
  let made = 0;
  const making = Array.from({ length: 2 * writers }, async () => {
    while (made < users) {
      const UserName = `user-${made++}`;
      await iam.createUser({ UserName });
      for (const _key of [1, 2]) world.accessKeys.push(await newAccessKey(iam, UserName));
    }
  });
  await Promise.all(making);
}

async function newAccessKey(iam: IAM, UserName: string): Promise<AccessKey> {
  const { AccessKey } = await iam.createAccessKey({ UserName });
  return {
    accessKeyId: AccessKey?.AccessKeyId ?? "",
    secretAccessKey: AccessKey?.SecretAccessKey ?? "",
  };
}

/** Writes and reads until the vault is gone; whatever it answers must be right. */
async function work(vault: VaultProcess, world: World, figures: Figures): Promise<void> {
  const configuration = clientConfiguration(vault.environment);
  const ssm = new SSM(configuration);
  const iam = new IAM(configuration);
  const writing = Array.from({ length: writers }, async (_, writer) => {
    const Name = `/rekey/${writer}`;
    for (;;) {
      const next = (world.values.get(Name) ?? 0) + 1;
      await ssm.putParameter({ Name, Value: `${next}`, Type: "SecureString", Overwrite: true });
      world.values.set(Name, next);
      figures.acknowledgedWrites++;
      const { Parameter } = await ssm.getParameter({ Name, WithDecryption: true });
      demand(Parameter?.Value === `${next}`, `${Name} is ${Parameter?.Value}, not ${next}`);
      figures.reads++;
    }
  });
  const keying = async () => {
    for (;;) {
      const UserName = `made-${randomBytes(6).toString("hex")}`;
      await iam.createUser({ UserName });
      world.accessKeys.push(await newAccessKey(iam, UserName));
      figures.acknowledgedWrites++;
    }
  };
  const signing = async () => {
    for (;;) {
      const key = world.accessKeys[randomInt(world.accessKeys.length)];
      if (key !== undefined) await demandSigns(vault, key);
      figures.reads++;
    }
  };
  const ends = await Promise.allSettled([...writing, keying(), signing()]);
  for (const end of ends) {
    if (end.status === "rejected" && !isConnectionLost(end.reason)) throw end.reason;
  }
}

/** A killed vault answers nothing; whatever it did answer was no error. */
function isConnectionLost(error: unknown): boolean {
  if (error instanceof TypeError && error.message === "fetch failed") return true;
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return $metadata !== undefined && $metadata.httpStatusCode === undefined;
}

/** Whoever may do nothing is told who it is: its signature was found right. */
async function demandSigns(vault: VaultProcess, key: AccessKey): Promise<void> {
  const { url } = vault;
  const signing = { url, service: "ssm", target: "AmazonSSM.DescribeParameters", ...key };
  const response = await fetch(url, { method: "POST", ...signedRequest(signing, {}) });
  const text = await response.text();
  demand(/AccessDenied.*:user\//.test(text), `${key.accessKeyId} was answered ${text}`);
}

/** Begins the rekey if no kill has let it begin, and waits for its end. */
async function finish(vault: VaultProcess, target: string): Promise<void> {
  for (;;) {
    const { State, Source } = await askVault(vault, "DescribeRekey", {});
    if (State === "COMPLETE" && Source === target) return;
    if (State === "COMPLETE") await askVault(vault, "StartRekey", { Source: target });
    else await sleep(20);
  }
}

async function demandRefused(root: string, dataDirectory: string, old: string): Promise<void> {
  const started = await startVaultProcess({ root, dataDirectory, rootKey: old }).catch(() => {});
  await started?.kill();
  demand(started === undefined, "the old root key still opens the vault");
}

async function demandAllThere(vault: VaultProcess, { accessKeys, values }: World): Promise<void> {
  const ssm = new SSM(clientConfiguration(vault.environment));
  for (const [Name, acknowledged] of values) {
    const { Parameter } = await ssm.getParameter({ Name, WithDecryption: true });
    // A write whose reply the kill cut off is there, or not; the clients don't know.
    const found = Number(Parameter?.Value);
    demand(found === acknowledged || found === acknowledged + 1, `${Name} is ${found}`);
    values.set(Name, found);
  }
  const left = [...accessKeys];
  const asking = Array.from({ length: writers }, async () => {
    for (let key = left.pop(); key !== undefined; key = left.pop()) await demandSigns(vault, key);
  });
  await Promise.all(asking);
}
