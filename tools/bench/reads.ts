/**
 * Reads as clients send them: signed GetSecretValue and GetParameter (SecureString, decrypted)
 * over keep-alive connections, in turn with a bare server that answers the same bytes and with
 * moto_server, so that the machine's noise falls on all alike.
 */
import { join } from "node:path";
import { startVaultProcess, temporaryFolder } from "../harness/vault-process.ts";
import { type LoadOptions, load, type Measured } from "./load.ts";
import { type Peer, startBareServer, startMoto } from "./peers.ts";
import { timeByLayer } from "./profile.ts";
import { type SignedRequest, signedRequest } from "./signed-request.ts";

const records = 100;
const connections = 64;

interface Read {
  readonly name: string;
  readonly service: string;
  readonly target: string;
  input(record: number): unknown;
}

const reads: readonly Read[] = [
  {
    name: "GetSecretValue",
    service: "secretsmanager",
    target: "secretsmanager.GetSecretValue",
    input: (record) => ({ SecretId: `bench/${record}` }),
  },
  {
    name: "GetParameter",
    service: "ssm",
    target: "AmazonSSM.GetParameter",
    input: (record) => ({ Name: `/bench/${record}`, WithDecryption: true }),
  },
];

export interface ReadReport {
  readonly name: string;
  readonly vault: Measured;
  readonly bare: Measured;
  readonly moto: Measured | undefined;
}

export interface BenchSize {
  readonly rounds: number;
  readonly secondsPerRound: number;
}

interface Target {
  readonly url: string;
  readonly pid: number;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Medians over the rounds, one report for each kind of read. */
export async function measureReads(root: string, size: BenchSize): Promise<ReadReport[]> {
  const vault = await startVaultProcess({
    root,
    dataDirectory: join(temporaryFolder("bench"), "d"),
  });
  const moto = await startMoto();
  const vaultTarget = {
    ...vault,
    credentials: {
      accessKeyId: vault.environment.AWS_ACCESS_KEY_ID ?? "",
      secretAccessKey: vault.environment.AWS_SECRET_ACCESS_KEY ?? "",
    },
  };
  const motoTarget = moto && {
    ...moto,
    credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "x".repeat(40) },
  };
  try {
    await fill(vaultTarget);
    if (motoTarget !== undefined) await fill(motoTarget);
    const reports: ReadReport[] = [];
    for (const read of reads) reports.push(await measure(read, vaultTarget, motoTarget, size));
    return reports;
  } finally {
    await moto?.stop();
    await vault.stop();
  }
}

/** Shares of the vault's busy time by layer while it serves the first kind of read. */
export async function profileReads(
  root: string,
  seconds: number,
): Promise<readonly (readonly [string, number])[]> {
  const folder = temporaryFolder("profile");
  const vault = await startVaultProcess({
    root,
    dataDirectory: join(folder, "d"),
    nodeOptions: `--cpu-prof --cpu-prof-dir=${folder}`,
  });
  const target = {
    ...vault,
    credentials: {
      accessKeyId: vault.environment.AWS_ACCESS_KEY_ID ?? "",
      secretAccessKey: vault.environment.AWS_SECRET_ACCESS_KEY ?? "",
    },
  };
  try {
    await fill(target);
    const [read] = reads;
    if (read !== undefined) await load(loadOptions(target, read, seconds));
  } finally {
    await vault.stop();
  }
  return timeByLayer(folder);
}

async function measure(
  read: Read,
  vault: Target,
  moto: Target | undefined,
  { rounds, secondsPerRound }: BenchSize,
): Promise<ReadReport> {
  const vaultLoad = loadOptions(vault, read, secondsPerRound);
  const motoLoad = moto && loadOptions(moto, read, secondsPerRound);
  const bare = await bareTwin(vaultLoad);
  const measured = { vault: [] as Measured[], bare: [] as Measured[], moto: [] as Measured[] };
  try {
    // One round warms up and is thrown away.
    for (let round = 0; round <= rounds; round++) {
      const bareRound = await load({ ...vaultLoad, url: bare.url, pid: bare.pid });
      const vaultRound = await load(vaultLoad);
      const motoRound = motoLoad && (await load(motoLoad));
      if (round === 0) continue;
      measured.bare.push(bareRound);
      measured.vault.push(vaultRound);
      if (motoRound !== undefined) measured.moto.push(motoRound);
    }
  } finally {
    await bare.stop();
  }
  return {
    name: read.name,
    vault: median(measured.vault),
    bare: median(measured.bare),
    moto: motoLoad && median(measured.moto),
  };
}

function loadOptions(target: Target, read: Read, seconds: number): LoadOptions {
  const requests = Array.from({ length: records }, (_, record) =>
    signed(target, read, read.input(record)),
  );
  return { url: target.url, pid: target.pid, requests, seconds, connections };
}

/** A bare server that answers what the vault answers to the first request. */
async function bareTwin({ url, requests }: LoadOptions): Promise<Peer> {
  const response = await send(url, requests[0]);
  const body = await response.text();
  const names = ["content-type", "x-amzn-requestid"];
  const headers = names.flatMap((name) => {
    const value = response.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  return startBareServer(body, Object.fromEntries(headers));
}

async function fill(target: Target): Promise<void> {
  const ssm = { service: "ssm", target: "AmazonSSM.PutParameter" };
  const secret = { service: "secretsmanager", target: "secretsmanager.CreateSecret" };
  for (let record = 0; record < records; record++) {
    // The length of a usual API key.
    const value = `sk_live_${"x".repeat(92)}`;
    const parameter = { Name: `/bench/${record}`, Value: value, Type: "SecureString" };
    await send(target.url, signed(target, ssm, parameter));
    await send(
      target.url,
      signed(target, secret, { Name: `bench/${record}`, SecretString: value }),
    );
  }
}

function signed(
  { url, credentials }: Target,
  { service, target }: Pick<Read, "service" | "target">,
  input: unknown,
): SignedRequest {
  return signedRequest({ url, service, target, ...credentials }, withToken(service, input));
}

/** CreateSecret's idempotency token is the client's to make, as SDKs do. */
function withToken(service: string, input: unknown): unknown {
  const isCreate = service === "secretsmanager" && Object.hasOwn(input as object, "SecretString");
  return isCreate ? { ...(input as object), ClientRequestToken: crypto.randomUUID() } : input;
}

async function send(url: string, request: SignedRequest | undefined): Promise<Response> {
  if (request === undefined) throw new Error("nothing to send");
  const response = await fetch(url, { method: "POST", ...request });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response;
}

function median(measured: readonly Measured[]): Measured {
  const middle = (figure: keyof Measured) => {
    const sorted = measured.map((one) => one[figure]).sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  };
  return {
    requestsPerSecond: middle("requestsPerSecond"),
    cpuMicroseconds: middle("cpuMicroseconds"),
    auditCpuMicroseconds: middle("auditCpuMicroseconds"),
    p50Milliseconds: middle("p50Milliseconds"),
    p99Milliseconds: middle("p99Milliseconds"),
    residentMegabytes: middle("residentMegabytes"),
  };
}
