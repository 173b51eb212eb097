/**
 * Every operation of STS, KMS and Organizations replies with what AWS's model has and in its
 * spelling: members, lists, times, numbers. Each is asked at least once, with something to show.
 */
import { IAM } from "@aws-sdk/client-iam";
import * as kmsModel from "@aws-sdk/client-kms";
import * as organizationsModel from "@aws-sdk/client-organizations";
import * as stsModel from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { allows, credentialsOf, trustsAccount } from "../api/iam.fixture.ts";
import { Watch } from "./watched-client.fixture.ts";

let vault: TestVault;
const watch = new Watch();

beforeAll(async () => {
  vault = await startVault();
});
afterAll(async () => {
  expect(vault.faults).toEqual([]);
  await vault.close();
});

test("STS", async () => {
  const iam = new IAM(vault.client);
  const { Role } = await iam.createRole({
    RoleName: "app",
    AssumeRolePolicyDocument: trustsAccount,
  });
  await iam.createUser({ UserName: "dev" });
  await iam.putUserPolicy({
    UserName: "dev",
    PolicyName: "p",
    PolicyDocument: allows(["sts:AssumeRole", "sts:DecodeAuthorizationMessage"]),
  });
  const credentials = await credentialsOf(iam, "dev");
  const sts = watch.on("sts", stsModel, new stsModel.STS({ ...vault.client, credentials }));
  const session = { RoleArn: Role?.Arn ?? "", RoleSessionName: "session" };
  await sts.assumeRole(session);
  await sts.assumeRole({ ...session, Policy: allows("ssm:GetParameter") });
  await sts.getCallerIdentity({});
  await sts.getSessionToken({});
  const own = new IAM({ ...vault.client, credentials });
  const denial = await own.listUsers({}).then(
    () => "",
    (error: Error) => error.message,
  );
  const EncodedMessage = denial.split("message: ").at(-1);
  await sts.decodeAuthorizationMessage({ EncodedMessage });
  const root = watch.on("sts", stsModel, new stsModel.STS(vault.client));
  await root.getAccessKeyInfo({ AccessKeyId: credentials.accessKeyId });
  for (const client of [iam, own, sts, root]) client.destroy();

  expect(watch.misfits).toEqual([]);
  expect(watch.neverAsked("sts", ["AssumeRoleWithWebIdentity"])).toEqual([]);
});

test("KMS", async () => {
  const kms = watch.on("kms", kmsModel, new kmsModel.KMS(vault.client));
  const tags = [{ TagKey: "team", TagValue: "weather" }];
  const { KeyMetadata } = await kms.createKey({ Description: "d", Tags: tags });
  const key = { KeyId: KeyMetadata?.KeyId ?? "" };
  const alias = { AliasName: "alias/weather" };
  await kms.createAlias({ ...alias, TargetKeyId: key.KeyId });
  await kms.updateAlias({ ...alias, TargetKeyId: key.KeyId });
  await kms.tagResource({ ...key, Tags: tags });
  await kms.listResourceTags(key);
  await kms.untagResource({ ...key, TagKeys: ["team"] });
  await kms.updateKeyDescription({ ...key, Description: "e" });
  const { Policy } = await kms.getKeyPolicy(key);
  await kms.putKeyPolicy({ ...key, Policy });
  await kms.listKeyPolicies(key);
  await kms.enableKeyRotation(key);
  await kms.rotateKeyOnDemand(key);
  await kms.getKeyRotationStatus(key);
  await kms.listKeyRotations(key);
  await kms.disableKeyRotation(key);
  const EncryptionContext = { app: "weather" };
  const { CiphertextBlob } = await kms.encrypt({
    ...key,
    Plaintext: Buffer.from("token"),
    EncryptionContext,
  });
  await kms.decrypt({ CiphertextBlob, EncryptionContext });
  await kms.reEncrypt({
    CiphertextBlob,
    SourceEncryptionContext: EncryptionContext,
    DestinationKeyId: key.KeyId,
  });
  await kms.generateDataKey({ ...key, KeySpec: "AES_256" });
  await kms.generateDataKeyWithoutPlaintext({ ...key, NumberOfBytes: 16 });
  await kms.generateRandom({ NumberOfBytes: 8 });
  const principal = `arn:aws:iam::${vault.accountId}:root`;
  const grant = async () => {
    const { GrantId } = await kms.createGrant({
      ...key,
      GranteePrincipal: principal,
      RetiringPrincipal: principal,
      Operations: ["Decrypt", "CreateGrant"],
      Constraints: { EncryptionContextSubset: EncryptionContext },
      Name: "weather",
    });
    return { ...key, GrantId };
  };
  const granted = await grant();
  await kms.listGrants(key);
  await kms.listRetirableGrants({ RetiringPrincipal: principal });
  await kms.revokeGrant(granted);
  await kms.retireGrant(await grant());
  await kms.disableKey(key);
  await kms.enableKey(key);
  await kms.describeKey(key);
  await kms.listKeys({ Limit: 1 });
  await kms.listAliases({});
  await kms.deleteAlias(alias);
  await kms.scheduleKeyDeletion(key);
  await kms.describeKey(key);
  await kms.cancelKeyDeletion(key);
  kms.destroy();

  expect(watch.misfits).toEqual([]);
  expect(watch.neverAsked("kms")).toEqual([]);
});

test("Organizations", async () => {
  const { Organizations } = organizationsModel;
  const client = new Organizations(vault.client);
  const organizations = watch.on("organizations", organizationsModel, client);
  await organizations.createOrganization({});
  await organizations.describeOrganization({});
  const { CreateAccountStatus } = await organizations.createAccount({
    AccountName: "staging",
    Email: "staging@weather.example",
  });
  const CreateAccountRequestId = CreateAccountStatus?.Id;
  const status = await organizations.describeCreateAccountStatus({ CreateAccountRequestId });
  const AccountId = status.CreateAccountStatus?.AccountId;
  await organizations.listCreateAccountStatus({});
  await organizations.listAccounts({});
  await organizations.describeAccount({ AccountId });
  await organizations.listRoots({});
  await organizations.listParents({ ChildId: AccountId });
  organizations.destroy();

  expect(watch.misfits).toEqual([]);
  expect(watch.neverAsked("organizations")).toEqual([]);
});
