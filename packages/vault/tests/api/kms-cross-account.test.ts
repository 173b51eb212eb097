/** Keys that another account uses, over HTTP: both sides have to agree, or a grant says so. */
import { IAM } from "@aws-sdk/client-iam";
import { KMS } from "@aws-sdk/client-kms";
import { Organizations } from "@aws-sdk/client-organizations";
import { STS } from "@aws-sdk/client-sts";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { type KmsFixture, keyPolicy, Plaintext, startKms, unknownId } from "./kms.fixture.ts";
import { refusal, sideBySide } from "./refusal.fixture.ts";
import { keysOf } from "./sts.fixture.ts";

const started = startKms();
let fixture: KmsFixture;
let kms: KMS;
let other: string;
let iam: IAM;
/** A user of the other account. */
let visitor: KMS;
let visitorArn: string;
let KeyId: string;

beforeAll(async () => {
  fixture = started();
  ({ kms } = fixture);
  const organizations = new Organizations(fixture.vault.client);
  const { CreateAccountStatus } = await organizations.createAccount({
    AccountName: "visitors",
    Email: "visitors@example.com",
  });
  const { CreateAccountStatus: done } = await organizations.describeCreateAccountStatus({
    CreateAccountRequestId: CreateAccountStatus?.Id,
  });
  other = done?.AccountId ?? "";
  const { Credentials } = await new STS(fixture.vault.client).assumeRole({
    RoleArn: `arn:aws:iam::${other}:role/OrganizationAccountAccessRole`,
    RoleSessionName: "admin",
  });
  iam = new IAM({ ...fixture.vault.client, credentials: keysOf(Credentials) });
  const { User } = await iam.createUser({ UserName: "visitor" });
  visitorArn = User?.Arn ?? "";
  const { AccessKey } = await iam.createAccessKey({ UserName: "visitor" });
  const accessKeyId = AccessKey?.AccessKeyId ?? "";
  const secretAccessKey = AccessKey?.SecretAccessKey ?? "";
  visitor = new KMS({ ...fixture.vault.client, credentials: { accessKeyId, secretAccessKey } });
});

beforeEach(async () => {
  KeyId = (await fixture.createKey()).arn;
  await allowVisitor("sts:GetCallerIdentity");
});

async function allowVisitor(Action: string): Promise<void> {
  const Statement = { Effect: "Allow", Action, Resource: "*" };
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  await iam.putUserPolicy({ UserName: "visitor", PolicyName: "p", PolicyDocument });
}

const use = () => visitor.encrypt({ KeyId, Plaintext });

test("the key policy and the caller's own account both have to allow", async () => {
  await allowVisitor("kms:Encrypt");
  expect(await refusal(use())).toMatch(
    /^AccessDeniedException: .*because the resource does not exist in this Region/,
  );
  const Principal = { AWS: `arn:aws:iam::${other}:root` };
  const letIn = { Effect: "Allow", Principal, Action: "kms:*", Resource: "*" };
  await kms.putKeyPolicy({ KeyId, Policy: keyPolicy(letIn) });
  await use();
  await allowVisitor("sts:GetCallerIdentity");
  expect(await refusal(use())).toMatch(/^AccessDeniedException/);
});

test("nobody administers another account's key, whatever its policy says", async () => {
  await allowVisitor("kms:*");
  const letIn = { Effect: "Allow", Principal: { AWS: visitorArn }, Action: "kms:*", Resource: "*" };
  await kms.putKeyPolicy({ KeyId, Policy: keyPolicy(letIn) });
  await visitor.describeKey({ KeyId });
  await visitor.getKeyRotationStatus({ KeyId });
  for (const asked of sideBySide([
    visitor.disableKey({ KeyId }),
    visitor.scheduleKeyDeletion({ KeyId }),
    visitor.getKeyPolicy({ KeyId }),
    visitor.putKeyPolicy({ KeyId, Policy: keyPolicy() }),
    visitor.createAlias({ AliasName: "alias/mine", TargetKeyId: KeyId }),
    visitor.tagResource({ KeyId, Tags: [{ TagKey: "mine", TagValue: "yes" }] }),
  ])) {
    expect(await refusal(asked)).toMatch(/^AccessDeniedException/);
  }
});

test("a grant lets in by itself, and is retired from the other account", async () => {
  const { GrantId, GrantToken } = await kms.createGrant({
    KeyId,
    GranteePrincipal: visitorArn,
    RetiringPrincipal: visitorArn,
    Operations: ["Encrypt"],
  });
  await use();
  expect(await refusal(visitor.describeKey({ KeyId }))).toMatch(/^AccessDeniedException/);
  await allowVisitor("kms:ListRetirableGrants");
  const { Grants } = await visitor.listRetirableGrants({ RetiringPrincipal: visitorArn });
  expect(Grants?.map((grant) => grant.GrantId)).toEqual([GrantId]);
  await visitor.retireGrant({ GrantToken });
  expect(await refusal(use())).toMatch(/^AccessDeniedException/);
});

test("a grant to the other account leaves it to that account's policies", async () => {
  const GranteePrincipal = `arn:aws:iam::${other}:root`;
  await kms.createGrant({ KeyId, GranteePrincipal, Operations: ["Encrypt"] });
  expect(await refusal(use())).toMatch(/^AccessDeniedException/);
  await allowVisitor("kms:Encrypt");
  await use();
});

test("whether a key is there is not told", async () => {
  await allowVisitor("kms:*");
  const missing = KeyId.replace(/[^/]+$/, unknownId);
  const says = /because the resource does not exist in this Region, no resource-based policies/;
  for (const key of [KeyId, missing]) {
    expect(await refusal(visitor.encrypt({ KeyId: key, Plaintext }))).toMatch(says);
    expect(await refusal(visitor.disableKey({ KeyId: key }))).toMatch(says);
  }
  await allowVisitor("sts:GetCallerIdentity");
  const denial = async (key: string) =>
    (await refusal(visitor.encrypt({ KeyId: key, Plaintext }))).replace(key, "the key");
  expect(await denial(missing)).toBe(await denial(KeyId));
});
