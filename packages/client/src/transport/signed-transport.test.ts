/** Against stand-ins of the services; `tests/` has the same against a real vault. */
import { describe, expect, test } from "vitest";
import type { Credentials } from "../credentials/credentials.ts";
import { signedTransport } from "./signed-transport.ts";
import { type Asked, json, rejection, standIn } from "./stand-in.fixture.ts";

const keys = { AWS_ACCESS_KEY_ID: "AKIDONE", AWS_SECRET_ACCESS_KEY: "wx" };

function transport(endpoint: string, credentials?: () => Promise<Credentials>) {
  const environment = { AWS_REGION: "eu-west-1", AWS_ENDPOINT_URL: endpoint, ...keys };
  return signedTransport({ environment, credentials, timeoutSeconds: 5 });
}

const keyOf = ({ headers }: Asked) => /Credential=([^/]+)/.exec(headers.authorization ?? "")?.[1];

test("sends AWS JSON 1.1, signed for the service and the region", async () => {
  const { url, asked } = await standIn((_, response) => json(response, 200, { SecretString: "1" }));
  const output = await transport(url).send("secretsmanager", "GetSecretValue", { SecretId: "ü" });
  expect(output).toEqual({ SecretString: "1" });
  expect(asked).toMatchObject([
    {
      method: "POST",
      path: "/",
      body: '{"SecretId":"ü"}',
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": "secretsmanager.GetSecretValue",
        authorization: expect.stringContaining("/eu-west-1/secretsmanager/aws4_request"),
      },
    },
  ]);
});

describe("credentials that have ended", () => {
  const ended = { __type: "ExpiredTokenException" };

  test("are renewed once for all, and their calls repeated", async () => {
    const { url, asked } = await standIn((request, response) =>
      keyOf(request) === "AKID1" ? json(response, 400, ended) : json(response, 200, { ok: 1 }),
    );
    let issued = 0;
    const issue = async () => ({ accessKeyId: `AKID${++issued}`, secretAccessKey: "x" });
    const { send } = transport(url, issue);
    const calls = Array.from({ length: 50 }, () => send("ssm", "GetParameter", {}));
    expect(await Promise.all(calls)).toEqual(Array(50).fill({ ok: 1 }));
    expect(issued).toBe(2);
    expect(asked).toHaveLength(100);
  });

  test("are a refusal where their source has no others, and neither is asked on and on", async () => {
    const { url, asked } = await standIn((_, response) => json(response, 400, ended));
    let issued = 0;
    const issue = async () => ({ accessKeyId: "AKID", secretAccessKey: "x", issued: ++issued });
    const { send } = transport(url, issue);
    for (let call = 1; call <= 5; call++) {
      const error = await rejection(send("ssm", "GetParameter", {}));
      expect(error).toMatchObject({ code: "ExpiredTokenException", kind: "refused" });
    }
    expect(issued).toBe(2);
    expect(asked).toHaveLength(5);
  });

  test("are an outage where their source is down", async () => {
    const { url } = await standIn((_, response) => json(response, 400, ended));
    let issued = 0;
    const issue = async () => {
      if (++issued > 1) throw new Error("down: wx_1");
      return { accessKeyId: "AKID", secretAccessKey: "x" };
    };
    const error = await rejection(transport(url, issue).send("ssm", "GetParameter", {}));
    expect(error).toMatchObject({ code: "NoCredentials", kind: "outage" });
  });
});

describe("a clock that is wrong", () => {
  const hour = 3_600_000;

  /** A service whose time is an hour ahead, and which takes nothing that is older. */
  const ahead = () =>
    standIn(({ headers }, response) => {
      const signedAt = String(headers["x-amz-date"]).replace(
        /(....)(..)(..)T(..)(..)(..)Z/,
        "$1-$2-$3T$4:$5:$6Z",
      );
      const now = Date.now() + hour;
      const isLate = now - Date.parse(signedAt) > 300_000;
      const body = isLate ? { __type: "InvalidSignatureException" } : { ok: 1 };
      json(response, isLate ? 400 : 200, body, { Date: new Date(now).toUTCString() });
    });

  test("is put right by the service's, once", async () => {
    const { url, asked } = await ahead();
    const { send } = transport(url);
    await send("ssm", "GetParameter", {});
    await send("ssm", "GetParameter", {});
    expect(asked).toHaveLength(3);
  });

  test("is put right for all that were under way, too", async () => {
    const { url } = await ahead();
    const { send } = transport(url);
    const sent = Array.from({ length: 10 }, () => send("ssm", "GetParameter", {}));
    expect(await Promise.all(sent)).toEqual(Array(10).fill({ ok: 1 }));
  });

  test("a wrong key stays a refusal", async () => {
    const { url, asked } = await standIn((_, response) =>
      json(response, 400, { __type: "InvalidSignatureException" }),
    );
    const error = await rejection(transport(url).send("ssm", "GetParameter", {}));
    expect(error).toMatchObject({ code: "InvalidSignatureException", kind: "refused" });
    expect(asked).toHaveLength(1);
  });
});

test("nothing configured is said when something is asked, and not before", async () => {
  const { send, region, configuredEndpoint } = signedTransport({
    environment: { AWS_CONFIG_FILE: "/dev/null", AWS_SHARED_CREDENTIALS_FILE: "/dev/null" },
    timeoutSeconds: 5,
  });
  expect(region).toBe("");
  expect(configuredEndpoint("ssm")).toBeUndefined();
  const error = await rejection(send("ssm", "GetParameter", {}));
  expect(error).toMatchObject({ code: "Misconfigured", kind: "refused" });
});

test("a caller who leaves while credentials are awaited leaves alone", async () => {
  const { url } = await standIn((_, response) => json(response, 200, { ok: 1 }));
  const { promise, resolve } = Promise.withResolvers<Credentials>();
  const { send } = transport(url, () => promise);
  const caller = new AbortController();
  const gone = rejection(send("ssm", "GetParameter", {}, caller.signal));
  const stays = send("ssm", "GetParameter", {});
  caller.abort(new Error("gone"));
  expect(await gone).toEqual(new Error("gone"));
  resolve({ accessKeyId: "AKID", secretAccessKey: "x" });
  expect(await stays).toEqual({ ok: 1 });
});
