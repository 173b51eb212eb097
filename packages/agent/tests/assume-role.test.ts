/** STS as the agent asks it: by the caller's own credentials, or by a token that it reads anew. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IAM } from "@aws-sdk/client-iam";
import { STS } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type OidcIssuer, startOidcIssuer } from "../../../tools/harness/oidc-issuer.ts";
import { startVault, type TestVault } from "../../vault/src/testing/index.ts";
import { assumeRole, roleArnOf, StsTimeout } from "../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "claviger-agent-test-"));
let vault: TestVault;
let issuer: OidcIssuer;

beforeAll(async () => {
  [vault, issuer] = await Promise.all([startVault(), startOidcIssuer()]);
});
afterAll(async () => {
  await Promise.all([vault.close(), issuer.close()]);
  rmSync(folder, { recursive: true });
  expect(vault.faults).toEqual([]);
});

test("a web identity's token needs no credentials, and is read again each time", async () => {
  const iam = new IAM(vault.client);
  const { OpenIDConnectProviderArn } = await iam.createOpenIDConnectProvider({
    Url: issuer.url,
    ClientIDList: ["sts.amazonaws.com"],
    ThumbprintList: [issuer.thumbprint],
  });
  const { Role } = await iam.createRole({
    RoleName: "weather-api",
    AssumeRolePolicyDocument: JSON.stringify({
      Version: "2012-10-17",
      Statement: {
        Effect: "Allow",
        Principal: { Federated: OpenIDConnectProviderArn },
        Action: "sts:AssumeRoleWithWebIdentity",
      },
    }),
  });
  const { endpoint, region } = vault.client;
  const webIdentityTokenFile = join(folder, "token");
  const assume = () =>
    assumeRole(new STS({ endpoint, region, maxAttempts: 1 }), {
      roleArn: Role?.Arn ?? "",
      sessionName: "test",
      durationSeconds: 3600,
      webIdentityTokenFile,
    });
  await expect(assume()).rejects.toMatchObject({ code: "ENOENT" });
  writeFileSync(webIdentityTokenFile, "no.such.token\n");
  await expect(assume()).rejects.toMatchObject({ name: "InvalidIdentityTokenException" });
  const token = await issuer.token({ sub: "weather-api", aud: "sts.amazonaws.com" });
  writeFileSync(webIdentityTokenFile, `${token}\n`);
  const { roleName, accountId, expiresAt, issuedAt } = await assume();
  expect({ roleName, accountId }).toEqual({ roleName: "weather-api", accountId: vault.accountId });
  expect(Math.abs(expiresAt - issuedAt - 3_600_000)).toBeLessThan(5000);
});

test("a name is of the caller's own account, an ARN is what it says", async () => {
  const sts = new STS(vault.client);
  expect(await roleArnOf(sts, "team/weather-api")).toBe(
    `arn:aws:iam::${vault.accountId}:role/team/weather-api`,
  );
  const elsewhere = "arn:aws-cn:iam::111122223333:role/weather-api";
  expect(await roleArnOf(sts, elsewhere)).toBe(elsewhere);
  await expect(roleArnOf(sts, "weather api")).rejects.toThrow(RangeError);
});

test("an STS that says nothing is given up", async () => {
  const silent = createServer((socket) => socket.resume());
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const { port } = silent.address() as { port: number };
  const sts = new STS({ ...vault.client, endpoint: `http://127.0.0.1:${port}` });
  await expect(roleArnOf(sts, "weather-api")).rejects.toThrow(StsTimeout);
  sts.destroy();
  await new Promise((resolve) => silent.close(resolve));
});
