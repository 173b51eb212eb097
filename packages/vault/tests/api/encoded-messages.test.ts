/** The sealed explanation that a denial carries, from the refusal to whoever may decode it. */
import { CloudTrail } from "@aws-sdk/client-cloudtrail";
import { IAM } from "@aws-sdk/client-iam";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { STS } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";

let vault: TestVault;
let ana: SecretsManager;
let arn: string;
beforeAll(async () => {
  vault = await startVault();
  const { ARN } = await new SecretsManager(vault.client).createSecret({
    Name: "prod/db",
    SecretString: "v",
  });
  arn = ARN ?? "";
  const iam = new IAM(vault.client);
  await iam.createUser({ UserName: "ana" });
  await iam.putUserPolicy({
    UserName: "ana",
    PolicyName: "reading",
    PolicyDocument: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Own",
          Effect: "Allow",
          Action: "secretsmanager:GetSecretValue",
          Resource: "arn:aws:secretsmanager:*:*:secret:test/*",
        },
        { Sid: "Lists", Effect: "Allow", Action: "secretsmanager:ListSecrets", Resource: "*" },
      ],
    }),
  });
  const { AccessKey } = await iam.createAccessKey({ UserName: "ana" });
  const credentials = {
    accessKeyId: AccessKey?.AccessKeyId ?? "",
    secretAccessKey: AccessKey?.SecretAccessKey ?? "",
  };
  ana = new SecretsManager({ ...vault.client, credentials });
});
afterAll(async () => {
  expect(vault.faults).toEqual([]);
  await vault.close();
});

const form = /^(?<says>.*) Encoded authorization failure message: (?<encoded>[A-Za-z0-9_-]+)$/;

async function denied(request: Promise<unknown>) {
  const { message } = await request.then(
    () => expect.unreachable("the request was allowed"),
    (error: Error) => error,
  );
  return form.exec(message)?.groups ?? expect.unreachable(message);
}

test("says to whoever may decode it what every statement made of the request", async () => {
  const { says, encoded } = await denied(ana.getSecretValue({ SecretId: arn }));
  expect(says).toMatch(/because no identity-based policy allows the .* action\.$/);

  const { DecodedMessage } = await new STS(vault.client).decodeAuthorizationMessage({
    EncodedMessage: encoded,
  });
  const { allowed, context, trace } = JSON.parse(DecodedMessage ?? "");
  expect(allowed).toBe(false);
  expect(context).toMatchObject({
    principal: { arn: "arn:aws:iam::123456789012:user/ana" },
    action: "secretsmanager:GetSecretValue",
    resource: arn,
  });
  expect(trace).toMatchObject({
    reason: "no-identity-policy",
    policies: [
      {
        kind: "identity",
        statements: [
          { sid: "Own", outcome: "other-resource" },
          { sid: "Lists", outcome: "other-action" },
        ],
      },
    ],
  });
});

test("is kept by the trail apart from the message", async () => {
  const { says = "", encoded } = await denied(
    ana.putSecretValue({ SecretId: arn, SecretString: "w" }),
  );
  const { Events } = await new CloudTrail(vault.client).lookupEvents({
    LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: "PutSecretValue" }],
  });
  const event = JSON.parse(Events?.[0]?.CloudTrailEvent ?? "{}");
  expect(`${event.errorMessage}.`).toBe(says);
  expect(event.additionalEventData).toEqual({ encodedAuthorizationMessage: encoded });
});

test("is not in the refusal of what policies have no say in", async () => {
  const request = ana.getSecretValue({ SecretId: "" });
  await expect(request).rejects.toThrow(expect.not.stringContaining("Encoded"));
});
