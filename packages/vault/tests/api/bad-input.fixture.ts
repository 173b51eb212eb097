/** For tests of bad input: a furnished vault, and the proof that a refusal is whole. */
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import { cloudtrail } from "../../src/operations/cloudtrail/service.ts";
import { iam } from "../../src/operations/iam/service.ts";
import { kms } from "../../src/operations/kms/service.ts";
import type { Service } from "../../src/operations/operation.ts";
import { secretsmanager } from "../../src/operations/secretsmanager/service.ts";
import { ssm } from "../../src/operations/ssm/service.ts";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { RawHttp, type Reply } from "./raw-http.fixture.ts";

export let vault: TestVault;
export let http: RawHttp;

/** Called once by each file: `vault` and `http` are there while its tests run. */
export function meetFurnishedVault(): void {
  beforeAll(async () => {
    vault = await startVault();
    http = new RawHttp(vault);
    const secret = { Name: "kept", SecretString: "kept" };
    await new SecretsManagerClient(vault.client).send(new CreateSecretCommand(secret));
    const parameter = { Name: "/kept", Value: "kept", Type: "SecureString" } as const;
    await new SSMClient(vault.client).send(new PutParameterCommand(parameter));
    await new KMSClient(vault.client).send(new CreateKeyCommand({}));
  });

  // The failed authentications of a minute are told one by one up to a number, then counted.
  beforeEach(() => vault.clock.advance(60_000));

  afterAll(async () => {
    http.close();
    await vault.close();
  });
}

export const asJson = { "content-type": "application/x-amz-json-1.1" };
export const asForm = { "content-type": "application/x-www-form-urlencoded" };

export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string | RegExp;
  /** CloudTrail's, where it has another name for the error. */
  readonly trailCode?: string;
}

/** The reply is this refusal, it is in the trail, nothing has changed, and no fault was met. */
export async function expectRefused(
  send: () => Promise<Reply>,
  { status, code, message, trailCode = code }: Refusal,
): Promise<void> {
  const before = await everything();
  const reply = await send();
  expect(reply).toMatchObject({ status, code });
  if (typeof message === "string") expect(reply.message).toBe(message);
  else expect(reply.message).toMatch(message);
  const event = await eventOf(({ requestID }) => requestID === reply.requestId);
  expect(event?.errorCode).toBe(trailCode);
  expect(await everything()).toEqual(before);
  expect(vault.faults).toEqual([]);
}

type TrailEvent = Readonly<Record<string, unknown>>;

/** The newest event that it is. */
export async function eventOf(
  isIt: (event: TrailEvent) => boolean,
): Promise<TrailEvent | undefined> {
  const { text } = await http.json(cloudtrail, "LookupEvents", "{}");
  const { Events } = JSON.parse(text) as { Events: { CloudTrailEvent: string }[] };
  return Events.map(({ CloudTrailEvent }) => JSON.parse(CloudTrailEvent) as TrailEvent).find(isIt);
}

/** All that there is, as its lists show it. */
export async function everything(): Promise<string[]> {
  const lists = await Promise.all([
    http.json(secretsmanager, "ListSecrets", '{"IncludePlannedDeletion":true}'),
    http.json(ssm, "DescribeParameters", "{}"),
    http.json(kms, "ListKeys", "{}"),
    http.json(kms, "ListAliases", "{}"),
    ...["ListUsers", "ListRoles", "ListPolicies"].map((action) =>
      http.form(iam, `Action=${action}&Version=${iam.version}`),
    ),
  ]);
  return lists.map(({ status, text }) => {
    expect(status).toBe(200);
    return text.replace(/<RequestId>.*<\/RequestId>/, "");
  });
}

/** An input of an AWS JSON operation and what is said of it, under a title for the report. */
export type Case = readonly [
  service: Service,
  operation: string,
  input: unknown,
  message: string | RegExp,
];

export function titled(cases: readonly Case[]): (readonly [string, ...Case])[] {
  return cases.map(([service, operation, input, message]) => {
    const title = `${service.name} ${operation} ${JSON.stringify(input)}`.slice(0, 100);
    return [title, service, operation, input, message];
  });
}
