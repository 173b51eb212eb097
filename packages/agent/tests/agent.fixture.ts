/** For the agent's tests: roles in a real vault, raw requests, and an SDK that has only an environment. */
import { type IncomingHttpHeaders, request } from "node:http";
import { IAM } from "@aws-sdk/client-iam";
import { SSM } from "@aws-sdk/client-ssm";
import { STS } from "@aws-sdk/client-sts";
import { vi } from "vitest";
import type { TestVault } from "../../vault/src/testing/index.ts";
import { assumeRole, WorkloadCredentials } from "../src/index.ts";

/** A role that reads the parameters below /NAME, of which /NAME/token is there. */
export async function makeRole(vault: TestVault, name: string): Promise<WorkloadCredentials> {
  const iam = new IAM(vault.client);
  await iam.createRole({
    RoleName: name,
    AssumeRolePolicyDocument: policy({
      Principal: { AWS: vault.accountId },
      Action: "sts:AssumeRole",
    }),
  });
  await iam.putRolePolicy({
    RoleName: name,
    PolicyName: "read",
    PolicyDocument: policy({
      Action: "ssm:GetParameter",
      Resource: `arn:aws:ssm:*:${vault.accountId}:parameter/${name}/*`,
    }),
  });
  const parameter = { Name: `/${name}/token`, Value: `of ${name}`, Type: "SecureString" } as const;
  await new SSM(vault.client).putParameter(parameter);
  const sts = new STS(vault.client);
  return WorkloadCredentials.of(() =>
    assumeRole(sts, {
      roleArn: `arn:aws:iam::${vault.accountId}:role/${name}`,
      sessionName: "test",
      durationSeconds: 3600,
    }),
  );
}

function policy(statement: object): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
}

/** Runs with an SSM client that has nothing but this environment to find its credentials by. */
export async function withEnvironment<T>(
  vault: TestVault,
  environment: Readonly<Record<string, string>>,
  use: (ssm: SSM) => Promise<T>,
): Promise<T> {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith("AWS_")) vi.stubEnv(name, undefined);
  }
  const files = { AWS_CONFIG_FILE: "/dev/null", AWS_SHARED_CREDENTIALS_FILE: "/dev/null" };
  for (const [name, value] of Object.entries({ ...environment, ...files })) vi.stubEnv(name, value);
  const { endpoint, region, maxAttempts } = vault.client;
  const ssm = new SSM({ endpoint, region, maxAttempts });
  try {
    return await use(ssm);
  } finally {
    ssm.destroy();
    vi.unstubAllEnvs();
  }
}

export interface RawReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A request with any method and headers, Host included. */
export function raw(
  url: string,
  method = "GET",
  headers: Readonly<Record<string, string>> = {},
  body = "",
): Promise<RawReply> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
