/** The operations that are measured, as an application sends them, and what they need to be there. */
import { IAM } from "@aws-sdk/client-iam";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SSM } from "@aws-sdk/client-ssm";
import { STS } from "@aws-sdk/client-sts";
import type { OidcIssuer } from "../harness/oidc-issuer.ts";
import { httpBytes, signedForm, signedRequest, unsignedForm } from "./signed-request.ts";

/** More than connections, so that each has records of its own. */
const records = 128;
const account = "123456789012";
const audience = "sts.amazonaws.com";
const roleArn = `arn:aws:iam::${account}:role/bench`;
/** The length of a usual API key. */
const value = `sk_live_${"x".repeat(92)}`;

/** Where requests go, and who sends them. */
export interface Caller {
  readonly url: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** What an identity provider says of a workload. */
  readonly webIdentityToken: string;
}

export interface Operation {
  readonly name: string;
  readonly isWrite: boolean;
  /** One HTTP request of it. */
  request(caller: Caller, record: number): string;
}

export const operations: readonly Operation[] = [
  json("GetSecretValue", "secretsmanager", (record) => ({ SecretId: `bench/${record}` })),
  json("GetParameter", "ssm", (record) => ({ Name: `/bench/${record}`, WithDecryption: true })),
  json("GetParameters", "ssm", (record) => ({
    Names: Array.from({ length: 10 }, (_, at) => `/bench/${(record + at) % records}`),
    WithDecryption: true,
  })),
  json("PutParameter", "ssm", (record) => ({
    Name: `/bench-written/${record}`,
    Value: value,
    Type: "SecureString",
    Overwrite: true,
  })),
  {
    name: "AssumeRole",
    isWrite: false,
    request: (caller, record) =>
      httpBytes(
        signedForm(
          { ...caller, service: "sts" },
          { Action: "AssumeRole", RoleArn: roleArn, RoleSessionName: `bench-${record}` },
        ),
      ),
  },
  {
    name: "AssumeRoleWithWebIdentity",
    isWrite: false,
    request: ({ url, webIdentityToken }, record) =>
      httpBytes(
        unsignedForm(url, {
          Action: "AssumeRoleWithWebIdentity",
          RoleArn: roleArn,
          RoleSessionName: `bench-${record}`,
          WebIdentityToken: webIdentityToken,
        }),
      ),
  },
];

export function operationCalled(name: string): Operation {
  const found = operations.find((operation) => operation.name === name);
  if (found === undefined) throw new Error(`the benchmark has no operation ${name}`);
  return found;
}

/** A request for each record, good for five minutes. */
export function requestsOf(operation: Operation, caller: Caller): readonly string[] {
  return Array.from({ length: records }, (_, record) => operation.request(caller, record));
}

function json(
  name: string,
  service: "secretsmanager" | "ssm",
  input: (record: number) => object,
): Operation {
  const prefix = service === "ssm" ? "AmazonSSM" : service;
  return {
    name,
    isWrite: name.startsWith("Put"),
    request: (caller, record) =>
      httpBytes(signedRequest({ ...caller, service, target: `${prefix}.${name}` }, input(record))),
  };
}

export type Environment = Readonly<Record<string, string>>;

/**
 * Makes the records, and the role that asks for them: a session of it is the caller, as workloads
 * have one. Its policy names what it may read and write, and nothing else.
 */
export async function prepare(environment: Environment, issuer: OidcIssuer): Promise<Caller> {
  const client = {
    endpoint: environment.AWS_ENDPOINT_URL ?? "",
    region: "us-east-1",
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID ?? "",
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? "",
    },
  };
  const [ssm, secretsManager] = [new SSM(client), new SecretsManager(client)];
  for (let record = 0; record < records; record++) {
    const parameter = { Value: value, Type: "SecureString" } as const;
    await ssm.putParameter({ Name: `/bench/${record}`, ...parameter });
    await secretsManager.createSecret({ Name: `bench/${record}`, SecretString: value });
  }
  await makeRole(new IAM(client), issuer);
  const assumed = await new STS(client).assumeRole({ RoleArn: roleArn, RoleSessionName: "bench" });
  const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = assumed.Credentials ?? {};
  return {
    url: client.endpoint,
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    webIdentityToken: issuer.token({ sub: "bench", aud: audience, exp: inAnHour() }),
  };
}

async function makeRole(iam: IAM, issuer: OidcIssuer): Promise<void> {
  const { OpenIDConnectProviderArn } = await iam.createOpenIDConnectProvider({
    Url: issuer.url,
    ClientIDList: [audience],
    ThumbprintList: [issuer.thumbprint],
  });
  await iam.createRole({
    RoleName: "bench",
    AssumeRolePolicyDocument: policy([
      { Principal: { AWS: account }, Action: "sts:AssumeRole" },
      {
        Principal: { Federated: OpenIDConnectProviderArn },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: { StringEquals: { [`${issuer.name}:sub`]: "bench" } },
      },
    ]),
  });
  await iam.putRolePolicy({
    RoleName: "bench",
    PolicyName: "bench",
    PolicyDocument: policy([
      {
        Action: "secretsmanager:GetSecretValue",
        Resource: `arn:aws:secretsmanager:*:${account}:secret:bench/*`,
      },
      {
        Action: ["ssm:GetParameter", "ssm:GetParameters"],
        Resource: `arn:aws:ssm:*:${account}:parameter/bench/*`,
      },
      {
        Action: "ssm:PutParameter",
        Resource: `arn:aws:ssm:*:${account}:parameter/bench-written/*`,
      },
      { Action: "sts:AssumeRole", Resource: roleArn },
    ]),
  });
}

function policy(statements: readonly object[]): string {
  const Statement = statements.map((statement) => ({ Effect: "Allow", ...statement }));
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

function inAnHour(): number {
  return Math.floor(Date.now() / 1000) + 3600;
}
