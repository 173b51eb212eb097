/** Stand-ins on loopback are the container's endpoint, the instance's metadata and STS. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { rejection, standIn } from "../transport/stand-in.fixture.ts";
import { defaultCredentials } from "./default-chain.ts";
import type { Environment } from "./shared-files.ts";

const end = "2030-01-31T12:00:00Z";
const issued = { AccessKeyId: "ASIA", SecretAccessKey: "wx_1", Expiration: end };
const credentials = {
  accessKeyId: "ASIA",
  secretAccessKey: "wx_1",
  sessionToken: "token",
  expiration: new Date(end),
};

/** Nothing of this machine's but what a test gives. */
function find(environment: Environment, files: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "claviger-credentials-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const own = {
    AWS_CONFIG_FILE: join(folder, "config"),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, "credentials"),
    AWS_EC2_METADATA_DISABLED: "true",
    PATH: process.env.PATH,
    FOLDER: folder,
  };
  const place = Object.entries(environment).map(([name, value]) => [
    name,
    value?.replace("FOLDER", folder),
  ]);
  return defaultCredentials({ ...own, ...Object.fromEntries(place) }, "eu-west-1");
}

const variables = { AWS_ACCESS_KEY_ID: "AKIA", AWS_SECRET_ACCESS_KEY: "wx_0" };
const fromVariables = { accessKeyId: "AKIA", secretAccessKey: "wx_0" };

describe("the order", () => {
  const config = "[profile work]\naws_access_key_id=AKIP\naws_secret_access_key=wx_2";
  const ofProfile = { accessKeyId: "AKIP", secretAccessKey: "wx_2" };

  test("variables go before a default profile, and a named profile before variables", async () => {
    const unnamed = config.replace("profile work", "default");
    expect(await find(variables, { config: unnamed })).toEqual(fromVariables);
    expect(await find({}, { config: unnamed })).toEqual(ofProfile);
    expect(await find({ ...variables, AWS_PROFILE: "work" }, { config })).toEqual(ofProfile);
  });

  test("a session's variables are whole", async () => {
    const session = { AWS_SESSION_TOKEN: "token", AWS_CREDENTIAL_EXPIRATION: end };
    const found = await find({ ...variables, ...session });
    expect(found).toEqual({ ...fromVariables, sessionToken: "token", expiration: new Date(end) });
    expect(await rejection(find({ AWS_ACCESS_KEY_ID: "AKIA" }))).toMatchObject({
      code: "NoCredentials",
    });
  });

  test("a profile that says nothing of credentials is passed over", async () => {
    const { url } = await standIn((_, response) =>
      response.end(JSON.stringify({ ...issued, Token: "token" })),
    );
    const environment = { AWS_CONTAINER_CREDENTIALS_FULL_URI: url };
    const silent = "[default]\nregion = eu-west-3";
    expect(await find(environment, { config: silent })).toEqual(credentials);
  });

  test("nothing anywhere is a refusal that says where it looked", async () => {
    const error = await rejection(find({ AWS_PROFILE: "work" }));
    expect(error).toMatchObject({ code: "NoCredentials", kind: "refused" });
    expect(error).toHaveProperty("message", expect.stringContaining("in profile work"));
  });
});

describe("credential_process", () => {
  const saying = (text: string) => `[default]\ncredential_process = ${text}`;

  test("prints credentials", async () => {
    const answer = { Version: 1, ...issued, SessionToken: "token" };
    const config = saying('cat "$FOLDER/answer"');
    expect(await find({}, { config, answer: JSON.stringify(answer) })).toEqual(credentials);
  });

  test.each(['cat "$FOLDER/answer"; exit 3', 'echo not json; cat "$FOLDER/answer"'])(
    "that fails (%s) is an outage, goes no further and is not quoted",
    async (command) => {
      const files = { config: saying(command), answer: JSON.stringify(issued) };
      const { url } = await standIn((_, response) => response.end(JSON.stringify(issued)));
      const environment = { AWS_CONTAINER_CREDENTIALS_FULL_URI: url };
      const error = await rejection(find(environment, files));
      expect(error).toMatchObject({ code: "NoCredentials", kind: "outage" });
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain("wx_1");
    },
  );
});

describe("the container's endpoint", () => {
  const container = () =>
    standIn(({ headers }, response) => {
      if (headers.authorization !== "Bearer it") response.writeHead(401);
      response.end(JSON.stringify({ ...issued, Token: "token" }));
    });

  test("is shown the token, the file's before the variable's", async () => {
    const { url, asked } = await container();
    const uri = { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/role?x=1` };
    const token = { AWS_CONTAINER_AUTHORIZATION_TOKEN: "Bearer it" };
    expect(await find({ ...uri, ...token })).toEqual(credentials);
    const file = {
      AWS_CONTAINER_AUTHORIZATION_TOKEN: "Bearer other",
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "FOLDER/token",
    };
    expect(await find({ ...uri, ...file }, { token: "Bearer it" })).toEqual(credentials);
    expect(asked.map(({ path }) => path)).toEqual(["/role?x=1", "/role?x=1"]);
  });

  test("that refuses, or whose token can't be read, is an outage", async () => {
    const { url } = await container();
    const uri = { AWS_CONTAINER_CREDENTIALS_FULL_URI: url };
    const file = { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "FOLDER/token" };
    for (const environment of [uri, { ...uri, ...file }]) {
      const error = await rejection(find(environment));
      expect(error).toMatchObject({ code: "NoCredentials", kind: "outage" });
    }
  });

  test.each(["http://example.com/", "http://127.0.0.1.example.com/", "http://[::2]/", "ftp://x"])(
    "%s is not believed",
    async (uri) => {
      const error = await rejection(find({ AWS_CONTAINER_CREDENTIALS_FULL_URI: uri }));
      expect(error).toMatchObject({ code: "NoCredentials", kind: "refused" });
    },
  );

  test("a relative URI names a path, and no other host", async () => {
    const uri = { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: ".example.com/" };
    expect(await rejection(find(uri))).toMatchObject({ code: "NoCredentials", kind: "refused" });
  });

  test("a token with a line break is not sent", async () => {
    const { url, asked } = await container();
    const error = await rejection(
      find({
        AWS_CONTAINER_CREDENTIALS_FULL_URI: url,
        AWS_CONTAINER_AUTHORIZATION_TOKEN: "it\r\nHost: elsewhere",
      }),
    );
    expect(error).toMatchObject({ code: "NoCredentials", kind: "refused" });
    expect(asked).toEqual([]);
  });
});

describe("the instance's metadata", () => {
  const rolePath = "/latest/meta-data/iam/security-credentials/";
  const instance = (role: string | undefined, status = 200) =>
    standIn(({ method, path, headers }, response) => {
      const isToken = method === "PUT" && path === "/latest/api/token";
      const isTrusted = headers["x-aws-ec2-metadata-token"] === "it";
      if (isToken) response.writeHead(status).end("it");
      else if (!isTrusted) response.writeHead(401).end();
      else if (path === rolePath && role !== undefined) response.end(role);
      else if (path === rolePath + role)
        response.end(JSON.stringify({ ...issued, Token: "token" }));
      else response.writeHead(404).end();
    });
  const at = (url: string) => ({
    AWS_EC2_METADATA_DISABLED: "false",
    AWS_EC2_METADATA_SERVICE_ENDPOINT: url,
  });

  test("is asked by version 2", async () => {
    const { url, asked } = await instance("weather");
    expect(await find(at(url))).toEqual(credentials);
    expect(asked[0]?.headers["x-aws-ec2-metadata-token-ttl-seconds"]).toBe("21600");
  });

  test("without a role, or switched off, is no source", async () => {
    const { url, asked } = await instance(undefined);
    expect(await rejection(find(at(url)))).toMatchObject({ kind: "refused" });
    expect(asked).toHaveLength(2);
    const off = { ...at(url), AWS_EC2_METADATA_DISABLED: "TRUE" };
    expect(await rejection(find(off))).toMatchObject({ kind: "refused" });
    expect(asked).toHaveLength(2);
  });

  test("version 1 alone, or nobody there, is an outage", async () => {
    const { url } = await instance("weather", 403);
    for (const endpoint of [url, "http://127.0.0.1:9"]) {
      const error = await rejection(find(at(endpoint)));
      expect(error).toMatchObject({ code: "NoCredentials", kind: "outage" });
    }
  });
});

describe("roles", () => {
  const arn = "arn:aws:iam::123456789012:role/weather";
  const answer = `<R xmlns="x"><Credentials><AccessKeyId>ASIA</AccessKeyId>
    <SecretAccessKey>wx_1</SecretAccessKey><SessionToken>to&amp;ken&#x2F;</SessionToken>
    <Expiration>${end}</Expiration></Credentials></R>`;
  const ofRole = { ...credentials, sessionToken: "to&ken/" };
  const sts = () => standIn((_, response) => response.end(answer));
  const formOf = (body = "") => Object.fromEntries(new URLSearchParams(body));

  test("of a web identity are assumed with its token, unsigned", async () => {
    const { url, asked } = await sts();
    const environment = {
      AWS_ENDPOINT_URL_STS: url,
      AWS_ROLE_ARN: arn,
      AWS_ROLE_SESSION_NAME: "pod",
      AWS_WEB_IDENTITY_TOKEN_FILE: "FOLDER/token",
    };
    expect(await find(environment, { token: "ey.J.w\n" })).toEqual(ofRole);
    expect(asked[0]?.headers.authorization).toBeUndefined();
    expect(formOf(asked[0]?.body)).toEqual({
      Action: "AssumeRoleWithWebIdentity",
      Version: "2011-06-15",
      RoleArn: arn,
      RoleSessionName: "pod",
      WebIdentityToken: "ey.J.w",
    });
  });

  const source = "[base]\naws_access_key_id=AKIA\naws_secret_access_key=wx_0";

  test("of a profile are assumed by its source", async () => {
    const { url, asked } = await sts();
    const config = `[profile work]
      role_arn = ${arn}
      source_profile = base
      external_id = it
      duration_seconds = 900
      region = eu-west-3`.replace(/^ +/gm, "");
    const environment = { AWS_PROFILE: "work", AWS_ENDPOINT_URL: url };
    expect(await find(environment, { config, credentials: source })).toEqual(ofRole);
    expect(asked[0]?.headers.authorization).toMatch(/AKIA\/\d+\/eu-west-3\/sts\/aws4_request/);
    expect(formOf(asked[0]?.body)).toMatchObject({
      Action: "AssumeRole",
      RoleArn: arn,
      ExternalId: "it",
      DurationSeconds: "900",
    });
  });

  test("of a profile are assumed by what is around it", async () => {
    const { url } = await sts();
    const config = `[default]\nrole_arn = ${arn}\ncredential_source = Environment`;
    // Keys beside a default profile are used as they are, so it is asked for by name.
    const environment = { ...variables, AWS_PROFILE: "default", AWS_ENDPOINT_URL: url };
    expect(await find(environment, { config })).toEqual(ofRole);
  });

  test.each([
    ["in a circle", `role_arn=${arn}\nsource_profile=b\n[profile b]\nrole_arn=x\nsource_profile=b`],
    ["by nobody", `role_arn=${arn}`],
    ["by one that is not there", `role_arn=${arn}\nsource_profile=missing`],
    ["with a code", `role_arn=${arn}\nsource_profile=base\nmfa_serial=x`],
    ["by signing in", "sso_session = s\nsso_account_id = 1"],
  ])("%s can't be had, which is said", async (_, profile) => {
    const config = `[profile work]\n${profile}`;
    const error = await rejection(find({ AWS_PROFILE: "work" }, { config, credentials: source }));
    expect(error).toMatchObject({ code: "NoCredentials", kind: "refused" });
    expect(error).toHaveProperty("message", expect.stringMatching(/profiles? (of b|work|missing)/));
  });

  test.each([
    [
      403,
      "<Error><Code>AccessDenied</Code><Message>no</Message></Error>",
      "AccessDenied",
      "refused",
    ],
    [400, "<Error><Code>IDPCommunicationError</Code></Error>", "IDPCommunicationError", "outage"],
    [400, "<Error><Code>Throttling</Code></Error>", "Throttling", "throttled"],
    [502, "<html>", "Unreadable", "outage"],
    [200, "<html>", "Unreadable", "outage"],
  ])("STS's %i %s is told as it is", async (status, body, code, kind) => {
    const { url } = await standIn((_, response) => response.writeHead(status).end(body));
    const environment = {
      AWS_ENDPOINT_URL_STS: url,
      AWS_ROLE_ARN: arn,
      AWS_WEB_IDENTITY_TOKEN_FILE: "FOLDER/token",
    };
    expect(await rejection(find(environment, { token: "x" }))).toMatchObject({ code, kind });
  });
});
