/** For tests of Secrets Manager: a vault, clients of its regions, users, and another account. */
import { IAM } from "@aws-sdk/client-iam";
import { KMS } from "@aws-sdk/client-kms";
import { Organizations } from "@aws-sdk/client-organizations";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { STS } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { startFunction, type TestFunction } from "./rotation.fixture.ts";
import { keysOf } from "./sts.fixture.ts";

export type Statement = Readonly<Record<string, unknown>>;

export class SecretsFixture {
  readonly vault: TestVault;
  /** The account root in us-east-1. */
  readonly root: SecretsManager;
  readonly iam: IAM;
  readonly kms: KMS;

  constructor(vault: TestVault) {
    this.vault = vault;
    this.root = new SecretsManager(vault.client);
    this.iam = new IAM(vault.client);
    this.kms = new KMS(vault.client);
  }

  /** The account root in another region. */
  inRegion(region: string): SecretsManager {
    return new SecretsManager({ ...this.vault.client, region });
  }

  /** A user who may do just what the statements say. */
  async user(UserName: string, ...statements: readonly Statement[]) {
    return await makeUser(this.vault, this.iam, UserName, statements);
  }

  /** An account of its own, with the means to make users in it. */
  async account(name: string) {
    const organizations = new Organizations(this.vault.client);
    const { CreateAccountStatus } = await organizations.createAccount({
      AccountName: name,
      Email: `${name}@example.com`,
    });
    const { CreateAccountStatus: done } = await organizations.describeCreateAccountStatus({
      CreateAccountRequestId: CreateAccountStatus?.Id,
    });
    const accountId = done?.AccountId ?? "";
    const { Credentials } = await new STS(this.vault.client).assumeRole({
      RoleArn: `arn:aws:iam::${accountId}:role/OrganizationAccountAccessRole`,
      RoleSessionName: "admin",
    });
    const iam = new IAM({ ...this.vault.client, credentials: keysOf(Credentials) });
    return {
      accountId,
      user: (UserName: string, ...statements: readonly Statement[]) =>
        makeUser(this.vault, iam, UserName, statements),
    };
  }
}

async function makeUser(
  vault: TestVault,
  iam: IAM,
  UserName: string,
  statements: readonly Statement[],
) {
  const { User } = await iam.createUser({ UserName });
  if (statements.length > 0) {
    const PolicyDocument = policyOf(...statements);
    await iam.putUserPolicy({ UserName, PolicyName: "test", PolicyDocument });
  }
  const { AccessKey } = await iam.createAccessKey({ UserName });
  const { AccessKeyId: accessKeyId = "", SecretAccessKey: secretAccessKey = "" } = AccessKey ?? {};
  const client = { ...vault.client, credentials: { accessKeyId, secretAccessKey } };
  return { arn: User?.Arn ?? "", accessKeyId, client, secrets: new SecretsManager(client) };
}

/**
 * Starts a vault for the tests of a file, and a function that rotates nothing and finds everything
 * well; stops them behind the tests. The vault has had no fault then.
 */
export function startSecrets(): () => SecretsFixture {
  let fixture: SecretsFixture;
  let lambda: TestFunction;
  beforeAll(async () => {
    lambda = await startFunction();
    fixture = new SecretsFixture(await startVault({ rotators: lambda.rotatorsFile }));
  });
  afterAll(async () => {
    expect(fixture.vault.faults).toEqual([]);
    await fixture.vault.close();
    await lambda.close();
  });
  return () => fixture;
}

export function policyOf(...Statement: readonly Statement[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

/** A statement that allows actions of Secrets Manager. */
export function allow(actions: string | readonly string[], more: Statement = {}): Statement {
  const Action = [actions].flat().map((name) => `secretsmanager:${name}`);
  return { Effect: "Allow", Action, Resource: "*", ...more };
}
