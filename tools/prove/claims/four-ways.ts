/**
 * The AWS CLI, boto3 and the AWS SDK for JavaScript, unmodified, find a role's credentials in the
 * four ways of AWS and read what the role may; what another role may they are refused; and no
 * static key is in any variable or file that they have.
 */
import { join } from "node:path";
import { IAM } from "@aws-sdk/client-iam";
import { SSM } from "@aws-sdk/client-ssm";
import { type OidcIssuer, startOidcIssuer } from "../../harness/oidc-issuer.ts";
import { startVaultProcess, temporaryFolder } from "../../harness/vault-process.ts";
import { type Claim, type ClaimRun, demand } from "../claim.ts";
import { clientConfiguration } from "../client-configuration.ts";
import {
  awsCli,
  boto3,
  type Environment,
  isInstalled,
  javascriptSdk,
  type MakeClient,
} from "../clients/client.ts";
import { plant } from "../planted.ts";
import { staticKeysOf } from "../static-keys.ts";
import { fourWaysTo, type Way } from "../workload-ways.ts";

const clients = { "AWS CLI": awsCli, boto3, "AWS SDK for JavaScript": javascriptSdk };
const own = "/weatherproject/apiToken";
const anothers = "/billing/stripe/apiKey";
const audience = "sts.amazonaws.com";
const subject = "system:serviceaccount:production:weather-api";

export const fourWays: Claim = {
  name: "four-ways",
  says: "unmodified AWS clients are one role and no other in four ways, with no static key in reach",
  async run({ root, print }) {
    const folder = temporaryFolder("four-ways");
    const vault = await startVaultProcess({ root, dataDirectory: join(folder, "data") });
    const issuer = await startOidcIssuer();
    try {
      const value = await makeRoles(vault.environment, issuer);
      const webIdentityToken = await issuer.token({ sub: subject, aud: audience });
      const place = { root, folder, webIdentityToken };
      const { ways, close } = await fourWaysTo("weather-api", vault, place);
      try {
        await showClients(ways, value, print);
        await showNoStaticKeys(ways, vault.environment, print);
      } finally {
        await close();
      }
    } finally {
      await issuer.close();
      await vault.stop();
    }
  },
};

/** Two roles, each with a parameter; a Kubernetes cluster vouches for the first one's workload. */
async function makeRoles(environment: Environment, issuer: OidcIssuer): Promise<string> {
  const iam = new IAM(clientConfiguration(environment));
  const ssm = new SSM(clientConfiguration(environment));
  const { OpenIDConnectProviderArn } = await iam.createOpenIDConnectProvider({
    Url: issuer.url,
    ClientIDList: [audience],
    ThumbprintList: [issuer.thumbprint],
  });
  const account = { Principal: { AWS: "123456789012" }, Action: "sts:AssumeRole" };
  const cluster = {
    Principal: { Federated: OpenIDConnectProviderArn },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: {
      StringEquals: { [`${issuer.name}:sub`]: subject, [`${issuer.name}:aud`]: audience },
    },
  };
  const roles = { "weather-api": [account, cluster], billing: [account] };
  for (const [RoleName, trusts] of Object.entries(roles)) {
    await iam.createRole({ RoleName, AssumeRolePolicyDocument: policy(trusts) });
    const name = RoleName === "billing" ? anothers : own;
    const Resource = `arn:aws:ssm:*:123456789012:parameter${name}`;
    const PolicyDocument = policy([{ Action: "ssm:GetParameter", Resource }]);
    await iam.putRolePolicy({ RoleName, PolicyName: "read", PolicyDocument });
  }
  const value = plant();
  await ssm.putParameter({ Name: own, Value: value, Type: "SecureString" });
  await ssm.putParameter({ Name: anothers, Value: plant(), Type: "SecureString" });
  return value;
}

function policy(statements: readonly object[]): string {
  const Statement = statements.map((statement) => ({ Effect: "Allow", ...statement }));
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

/** A row a client, a column a way: what it read and what it was refused. */
async function showClients(
  ways: readonly Way[],
  value: string,
  print: ClaimRun["print"],
): Promise<void> {
  const row = (cells: readonly string[]) =>
    print(
      cells
        .map((cell, at) => cell.padEnd(at === 0 ? 24 : 20))
        .join("")
        .trimEnd(),
    );
  row(["", ...ways.map(({ name }) => name)]);
  for (const [name, make] of Object.entries(clients)) {
    if (!(await isInstalled(make))) {
      row([name, "not installed here, not shown"]);
      continue;
    }
    const cells: string[] = [];
    for (const way of ways) cells.push(await showClient(make, way, value));
    row([name, ...cells]);
  }
}

async function showClient(make: MakeClient, way: Way, value: string): Promise<string> {
  const client = make(way.environment, way.through);
  const read = (Name: string) => client.call("ssm", "GetParameter", { Name, WithDecryption: true });
  const who = `${client.name} by ${way.name}`;
  try {
    const first = await read(own);
    const got = first.output?.Parameter?.Value;
    demand(got === value, `${who} did not read its own parameter (${first.code ?? "other value"})`);
    const { code = "success" } = await read(anothers);
    demand(code === "AccessDeniedException", `${who} got ${code} for another role's parameter`);
    return "✔ own ✘ another's";
  } finally {
    client.close();
  }
}

async function showNoStaticKeys(
  ways: readonly Way[],
  operator: Environment,
  print: ClaimRun["print"],
): Promise<void> {
  const secrets = [operator.AWS_ACCESS_KEY_ID ?? "", operator.AWS_SECRET_ACCESS_KEY ?? ""];
  // Looking must find the keys of whoever has some, or it would prove nothing.
  const { found } = await staticKeysOf(secrets, operator, []);
  demand(found.length === 2, `of the operator's two keys, ${found.length} were found`);
  for (const { name, environment, through } of ways) {
    const seen = await staticKeysOf(secrets, environment, through);
    demand(seen.found.length === 0, `${name}: a static key lies in ${seen.found.join(", ")}`);
    print(`${name}: no static key in any variable or file (files: ${seen.files.length})`);
  }
}
