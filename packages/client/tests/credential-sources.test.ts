/**
 * Each place where the AWS SDKs look for credentials, with nothing else configured: a client reads
 * what its role may read in a real vault, and is refused the rest.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IAM } from "@aws-sdk/client-iam";
import { type Credentials, STS } from "@aws-sdk/client-sts";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { type OidcIssuer, startOidcIssuer } from "../../../tools/harness/oidc-issuer.ts";
import {
  containerCredentials,
  containerRole,
  instanceMetadata,
  type LocalServer,
  serveLocally,
  type WorkloadCredentials,
} from "../../agent/src/index.ts";
import { makeRole } from "../../agent/tests/agent.fixture.ts";
import { startVault, type TestVault } from "../../vault/src/testing/index.ts";
import { createSecrets, type SecretsOptions } from "../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "claviger-sources-"));
const file = (name: string) => join(folder, name);
const roleArn = "arn:aws:iam::123456789012:role/weather-api";
const servers: LocalServer[] = [];
let vault: TestVault;
let issuer: OidcIssuer;
let role: WorkloadCredentials;
let session: Credentials;

beforeAll(async () => {
  vault = await startVault();
  issuer = await startOidcIssuer();
  role = await makeRole(vault, "weather-api");
  (await makeRole(vault, "billing")).close();
  await trustIssuer();
  const sts = new STS(vault.client);
  const asked = await sts.assumeRole({ RoleArn: roleArn, RoleSessionName: "test" });
  session = asked.Credentials as Credentials;
});
afterEach(() => void vi.unstubAllEnvs());
afterAll(async () => {
  role.close();
  for (const server of servers) await server.close();
  await issuer.close();
  await vault.close();
  rmSync(folder, { recursive: true });
  expect(vault.faults).toEqual([]);
});

/** A pod's or a CI job's token may assume the role, as may the account itself. */
async function trustIssuer(): Promise<void> {
  const iam = new IAM(vault.client);
  await iam.createOpenIDConnectProvider({
    Url: issuer.url,
    ClientIDList: ["sts.amazonaws.com"],
    ThumbprintList: [issuer.thumbprint],
  });
  const provider = `arn:aws:iam::${vault.accountId}:oidc-provider/${issuer.name}`;
  const allow = (Action: string, Principal: object) => ({ Effect: "Allow", Action, Principal });
  await iam.updateAssumeRolePolicy({
    RoleName: "weather-api",
    PolicyDocument: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        allow("sts:AssumeRole", { AWS: vault.accountId }),
        allow("sts:AssumeRoleWithWebIdentity", { Federated: provider }),
      ],
    }),
  });
}

/** A client that has nothing but this environment. */
async function reads(environment: Readonly<Record<string, string>>, options?: SecretsOptions) {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith("AWS_")) vi.stubEnv(name, undefined);
  }
  const nothing = {
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
  };
  const place = { AWS_ENDPOINT_URL: vault.url, AWS_REGION: vault.client.region };
  for (const [name, value] of Object.entries({ ...nothing, ...place, ...environment })) {
    vi.stubEnv(name, value);
  }
  using secrets = createSecrets(options);
  const own = await secrets.parameter("/weather-api/token").get();
  await expect(secrets.parameter("/billing/token").get()).rejects.toMatchObject({
    code: "AccessDenied",
  });
  return own.reveal();
}

function profiles(config: string, credentials = "") {
  writeFileSync(file("config"), config);
  writeFileSync(file("credentials"), credentials);
  return { AWS_CONFIG_FILE: file("config"), AWS_SHARED_CREDENTIALS_FILE: file("credentials") };
}

function webIdentityToken(): string {
  writeFileSync(file("token"), issuer.token({ sub: "pod", aud: "sts.amazonaws.com" }));
  return file("token");
}

async function serve(endpoint: Parameters<typeof serveLocally>[0]): Promise<string> {
  const server = await serveLocally(endpoint, { host: "127.0.0.1", port: 0 });
  servers.push(server);
  return server.url;
}

test("the environment", async () => {
  const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = session;
  const environment = {
    AWS_ACCESS_KEY_ID: AccessKeyId,
    AWS_SECRET_ACCESS_KEY: SecretAccessKey,
    AWS_SESSION_TOKEN: SessionToken,
  };
  expect(await reads(environment)).toBe("of weather-api");
});

test("a profile's keys, with its region and its endpoint", async () => {
  const { AccessKeyId, SecretAccessKey, SessionToken } = session;
  const files = profiles(
    `[profile work]\nregion = us-east-1\nendpoint_url = ${vault.url}`,
    `[work]\naws_access_key_id = ${AccessKeyId}\naws_secret_access_key = ${SecretAccessKey}\naws_session_token = ${SessionToken}`,
  );
  const environment = { ...files, AWS_PROFILE: "work", AWS_ENDPOINT_URL: "", AWS_REGION: "" };
  expect(await reads(environment)).toBe("of weather-api");
});

test("a profile's credential_process", async () => {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = session;
  const answer = { Version: 1, AccessKeyId, SecretAccessKey, SessionToken, Expiration };
  writeFileSync(file("answer"), JSON.stringify(answer));
  const files = profiles(`[default]\ncredential_process = cat "${file("answer")}"`);
  expect(await reads(files)).toBe("of weather-api");
});

test("a profile's role, by way of another profile", async () => {
  const { accessKeyId, secretAccessKey } = vault.credentials;
  const files = profiles(
    `[profile work]\nrole_arn = ${roleArn}\nsource_profile = base`,
    `[base]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}`,
  );
  expect(await reads({ ...files, AWS_PROFILE: "work" })).toBe("of weather-api");
});

test("a web identity of the environment", async () => {
  const environment = { AWS_ROLE_ARN: roleArn, AWS_WEB_IDENTITY_TOKEN_FILE: webIdentityToken() };
  expect(await reads(environment)).toBe("of weather-api");
});

test("a web identity of a profile", async () => {
  const config = `[default]\nrole_arn = ${roleArn}\nweb_identity_token_file = ${webIdentityToken()}`;
  expect(await reads(profiles(config))).toBe("of weather-api");
});

test("a container's endpoint", async () => {
  const container = containerRole(role);
  const url = await serve(containerCredentials([container]));
  writeFileSync(file("container-token"), container.token);
  const environment = {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}${container.path}`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file("container-token"),
  };
  expect(await reads(environment)).toBe("of weather-api");
});

test("an instance's metadata", async () => {
  const url = await serve(instanceMetadata({ credentials: role, region: "us-east-1" }));
  const environment = {
    AWS_EC2_METADATA_DISABLED: "false",
    AWS_EC2_METADATA_SERVICE_ENDPOINT: url,
  };
  expect(await reads(environment)).toBe("of weather-api");
});

test("a provider of the AWS SDK that is handed in", async () => {
  const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = session;
  const sdk = new STS({
    ...vault.client,
    credentials: {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
    },
  });
  expect(await reads({}, { credentials: sdk.config.credentials })).toBe("of weather-api");
});
