/** Measures the figures that the planning page is reckoned from, on both databases, in minutes. */
import { setTimeout as sleep } from "node:timers/promises";
import { asRoot } from "../../harness/aws-clients.ts";
import { FeedListener } from "../../harness/feed-listener.ts";
import { type OidcIssuer, startOidcIssuer } from "../../harness/oidc-issuer.ts";
import { load } from "../load.ts";
import { operationCalled, prepare, requestsOf } from "../operations.ts";
import { cpuMicroseconds, residentMegabytes } from "../process-figures.ts";
import type { DatabaseFigures, Figures } from "./figures.ts";
import { type PlanSubject, startOnPostgres, startOnSqlite } from "./subject.ts";

export interface PlanSize {
  /** Of each kind. */
  readonly records: number;
  readonly seconds: number;
  readonly streams: number;
}

/** The length of a usual API key. */
const value = `sk_live_${"x".repeat(92)}`;
/** Such as a node of many has: commits are neither alone nor all full. */
const ratePerSecond = 300;
const connections = 64;
const changes = 20;

export async function measureFigures(root: string, size: PlanSize): Promise<Figures> {
  return {
    sqlite: await measure(await startOnSqlite(root), size),
    postgres: await measure(await startOnPostgres(root), size),
  };
}

async function measure(subject: PlanSubject, size: PlanSize): Promise<DatabaseFigures> {
  const issuer = await startOidcIssuer();
  try {
    const records = await measureRecords(subject, size);
    const requests = await measureRequests(subject, issuer, size);
    const connections = await subject.connections();
    const feed = await measureFeed(subject, size, requests);
    return rounded({ ...records, ...requests.figures, connections, ...feed });
  } finally {
    await issuer.close();
    await subject.stop();
  }
}

/** As the page shows them, so that what it comes to follows from what is shown. */
function rounded(figures: DatabaseFigures): DatabaseFigures {
  const whole = Object.entries(figures).map(([name, figure]) => [name, Math.round(figure)]);
  return Object.fromEntries(whole);
}

/** How much the database grows by one of each. */
async function measureRecords(subject: PlanSubject, { records }: PlanSize) {
  const { ssm, secrets, iam } = asRoot(subject.vault);
  const Type = "SecureString";
  const growth = async (make: (number: number) => Promise<unknown>) => {
    const before = await subject.rowBytes();
    await forEach(records, make);
    return ((await subject.rowBytes()) - before) / records;
  };
  const parameter = (number: number) => ({ Name: `/plan/app-${number}/token`, Value: value, Type });
  return {
    parameterBytes: await growth((number) => ssm.putParameter({ ...parameter(number), Type })),
    parameterVersionBytes: await growth((number) =>
      ssm.putParameter({ ...parameter(number), Type, Overwrite: true }),
    ),
    secretBytes: await growth((number) =>
      secrets.createSecret({ Name: `plan/app-${number}/token`, SecretString: value }),
    ),
    secretVersionBytes: await growth((number) =>
      secrets.putSecretValue({ SecretId: `plan/app-${number}/token`, SecretString: value }),
    ),
    roleBytes: await growth(async (number) => {
      const RoleName = `plan-app-${number}`;
      await iam.createRole({ RoleName, AssumeRolePolicyDocument: trust });
      await iam.putRolePolicy({ RoleName, PolicyName: "read", PolicyDocument: reading(number) });
    }),
  };
}

async function measureRequests(subject: PlanSubject, issuer: OidcIssuer, { seconds }: PlanSize) {
  const { vault } = subject;
  const caller = await prepare(vault.environment, issuer);
  const server = { url: vault.url, pid: vault.pid, collectionsFile: undefined };
  const of = async (name: string, rate?: number) => {
    const requests = requestsOf(operationCalled(name), caller);
    const databaseBefore = subject.databaseCpu();
    const measured = await load(server, { requests, connections, seconds, ratePerSecond: rate });
    const databaseCpu = (subject.databaseCpu() - databaseBefore) / measured.answered;
    return { ...measured, databaseCpu };
  };
  // What is compiled and cached at the first request is no part of the others.
  for (const name of ["GetParameter", "PutParameter", "AssumeRoleWithWebIdentity"]) await of(name);
  const read = await of("GetParameter", ratePerSecond);
  const write = await of("PutParameter", ratePerSecond);
  const session = await of("AssumeRoleWithWebIdentity", ratePerSecond);
  const trailBytesOf = async (run: () => Promise<{ answered: number }>) => {
    const before = await subject.trailBytes();
    const { answered } = await run();
    return ((await subject.trailBytes()) - before) / answered;
  };
  const figures = {
    readMicroseconds: read.cpuMicroseconds,
    writeMicroseconds: write.cpuMicroseconds,
    sessionMicroseconds: session.cpuMicroseconds,
    databaseReadMicroseconds: read.databaseCpu,
    databaseWriteMicroseconds: write.databaseCpu,
    // One connection has one request under way: its event is alone in its commit.
    eventBytes: await trailBytesOf(() => {
      const requests = requestsOf(operationCalled("GetParameter"), caller);
      return load(server, { requests, connections: 1, seconds });
    }),
    groupedEventBytes: await trailBytesOf(() => of("GetParameter")),
  };
  return { figures, readAgain: () => of("GetParameter", ratePerSecond) };
}

/** What an open reader holds, and what it costs to tell it of a change. */
async function measureFeed(
  subject: PlanSubject,
  { streams }: PlanSize,
  { figures, readAgain }: Awaited<ReturnType<typeof measureRequests>>,
) {
  const { vault } = subject;
  await readAgain();
  const nodeMegabytes = residentMegabytes(vault.pid);
  let heard = 0;
  const listeners = Array.from(
    { length: streams },
    () =>
      new FeedListener(
        () => vault,
        () => heard++,
      ),
  );
  await Promise.all(listeners.map((listener) => listener.begun()));
  const cpuBefore = cpuMicroseconds(vault.pid);
  const { ssm } = asRoot(vault);
  const heardOf = { Name: "/plan/heard", Type: "String", Overwrite: true } as const;
  for (let change = 1; change <= changes; change++) {
    await ssm.putParameter({ ...heardOf, Value: `${change}` });
    while (heard < change * streams) await sleep(10);
  }
  const used = cpuMicroseconds(vault.pid) - cpuBefore - changes * figures.writeMicroseconds;
  // Not of what is resident, which changes by more than this from one moment to the next.
  const liveWithThem = await subject.liveBytes();
  await Promise.all(listeners.map((listener) => listener.close()));
  const held = liveWithThem - (await subject.liveBytes());
  return {
    nodeMegabytes,
    streamKilobytes: held / 1024 / streams,
    hearingMicroseconds: used / (changes * streams),
  };
}

async function forEach(count: number, run: (number: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const work = async () => {
    while (next < count) await run(next++);
  };
  await Promise.all(Array.from({ length: 16 }, work));
}

const trust = policy({
  Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/token.example.com" },
  Action: "sts:AssumeRoleWithWebIdentity",
  Condition: { StringEquals: { "token.example.com:sub": "system:serviceaccount:plan:app" } },
});

function reading(number: number): string {
  return policy({
    Action: ["ssm:GetParameter", "ssm:GetParameters", "secretsmanager:GetSecretValue"],
    Resource: [
      `arn:aws:ssm:us-east-1:123456789012:parameter/plan/app-${number}/*`,
      `arn:aws:secretsmanager:us-east-1:123456789012:secret:plan/app-${number}/*`,
    ],
  });
}

function policy(members: object): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Allow", ...members } });
}
