/**
 * What a decision costs: ten identity policies of three statements, the last of which allows,
 * beside @cloud-copilot/iam-simulate with the same policies and the same request. It reads its
 * policies at every decision; the vault compiles them when they change, so that is measured too.
 * All figures are CPU time: what else runs on the machine has no part in them.
 */
import {
  compilePolicy,
  decide,
  type Principal,
  type Resource,
} from "@claviger/vault/authorization";
import { runSimulation } from "@cloud-copilot/iam-simulate";

export interface DecisionReport {
  readonly decisionMicroseconds: number;
  /** All ten policies. */
  readonly compileMicroseconds: number;
  readonly oracleMicroseconds: number;
}

const account = "123456789012";
const action = "secretsmanager:GetSecretValue";
const applications = [..."abcdefghij"].map((letter) => `service-${letter}`);
const last = applications.at(-1);

const documents = applications.map((name) => ({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Action: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
      Resource: `arn:aws:secretsmanager:*:${account}:secret:${name}/*`,
      Condition: { StringEquals: { "aws:ResourceTag/env": "${aws:PrincipalTag/env}" } },
    },
    {
      Effect: "Allow",
      Action: "ssm:GetParameter*",
      Resource: `arn:aws:ssm:*:${account}:parameter/${name}/*`,
      Condition: { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } },
    },
    {
      Effect: "Deny",
      Action: "*",
      Resource: "*",
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ],
}));

const principal: Omit<Principal, "policies"> = {
  type: "AssumedRole",
  arn: `arn:aws:sts::${account}:assumed-role/web/i-1`,
  accountId: account,
  principalId: "AROAEXAMPLEWEB:i-1",
  userName: undefined,
  roleArn: `arn:aws:iam::${account}:role/web`,
  tags: { env: "prod" },
  boundary: undefined,
  sessionPolicies: [],
  tokenIssuedAt: Date.UTC(2026, 0, 2),
  organizationId: undefined,
  sessionKeys: {},
};

const resource: Resource = {
  arn: `arn:aws:secretsmanager:us-east-1:${account}:secret:${last}/db-AbCdEf`,
  accountId: account,
  tags: { env: "prod" },
};

const circumstances = {
  now: Date.UTC(2026, 0, 2, 3),
  sourceAddress: "203.0.113.9",
  isSecureTransport: true,
  region: "us-east-1",
  userAgent: "bench",
};

/** Medians of `rounds`, all in one process and in turn. Throws if anyone decides otherwise. */
export async function measureDecisions(rounds: number): Promise<DecisionReport> {
  const texts = documents.map((document) => JSON.stringify(document));
  const compile = () => texts.map((text) => compilePolicy(text, "identity"));
  const caller: Principal = { ...principal, policies: compile() };
  const decideOnce = () => {
    if (!decide(caller, action, resource, circumstances).isAllowed) throw new Error("denied");
  };
  const figures = { decision: [] as number[], compile: [] as number[], oracle: [] as number[] };
  // The first round only warms the compiler up.
  for (let round = 0; round <= rounds; round++) {
    figures.decision[round] = timed(200_000, decideOnce);
    figures.compile[round] = timed(200, compile);
    figures.oracle[round] = await timedOracle(200);
  }
  return {
    decisionMicroseconds: median(figures.decision.slice(1)),
    compileMicroseconds: median(figures.compile.slice(1)),
    oracleMicroseconds: median(figures.oracle.slice(1)),
  };
}

function timed(times: number, run: () => unknown): number {
  const before = process.cpuUsage();
  for (let at = 0; at < times; at++) run();
  return microsecondsSince(before) / times;
}

async function timedOracle(times: number): Promise<number> {
  const before = process.cpuUsage();
  for (let at = 0; at < times; at++) {
    const result = await runSimulation(
      {
        request: {
          principal: principal.arn,
          action,
          resource: { resource: resource.arn, accountId: account },
          contextVariables: {
            "aws:SecureTransport": "true",
            "aws:SourceIp": circumstances.sourceAddress,
            "aws:PrincipalTag/env": "prod",
            "aws:ResourceTag/env": "prod",
          },
        },
        identityPolicies: documents.map((policy, name) => ({ name: String(name), policy })),
        serviceControlPolicies: [],
        resourceControlPolicies: [],
      },
      {},
    );
    const isAllowed = result.resultType === "single" && result.overallResult === "Allowed";
    if (!isAllowed) throw new Error(`the oracle says ${JSON.stringify(result)}`);
  }
  return microsecondsSince(before) / times;
}

function microsecondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function median(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN;
}
