/** Who may do what to a secret: every operation's denial, and what a denial tells. */
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  SecretsManagerClient,
  UpdateSecretCommand,
} from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { refusal } from "./refusal.fixture.ts";

/** AWS's sentence, and behind it which key and which action are missing. */
const noKeyAccess =
  /^AccessDeniedException: Access to KMS is not allowed\. User: arn:aws:iam::\d{12}:user\/[\w-]+ is not authorized to perform: (kms:\w+) on resource: arn:aws:kms:us-east-1:\d{12}:key\/[\w-]{36} because no identity-based policy allows the \1 action$/;

let vault: TestVault;
let root: SecretsManagerClient;
let iam: IAMClient;
beforeAll(async () => {
  vault = await startVault();
  root = new SecretsManagerClient(vault.client);
  iam = new IAMClient(vault.client);
  await root.send(new CreateSecretCommand({ Name: "app/there", SecretString: "v" }));
});
afterAll(async () => {
  expect(vault.faults).toEqual([]);
  await vault.close();
});

type Statement = Readonly<Record<string, unknown>>;

/** A user who may do just what the statements say. */
async function user(UserName: string, ...statements: Statement[]): Promise<SecretsManagerClient> {
  await iam.send(new CreateUserCommand({ UserName }));
  if (statements.length > 0) {
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: statements });
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: "test", PolicyDocument }));
  }
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  const credentials = {
    accessKeyId: AccessKey?.AccessKeyId as string,
    secretAccessKey: AccessKey?.SecretAccessKey as string,
  };
  return new SecretsManagerClient({ ...vault.client, credentials });
}

function allow(action: string | string[], more: Statement = {}): Statement {
  const actions = [action].flat().map((name) => `secretsmanager:${name}`);
  return { Effect: "Allow", Action: actions, Resource: "*", ...more };
}

const secrets = (name: string) => `arn:aws:secretsmanager:us-east-1:123456789012:secret:${name}`;

describe("without a policy nothing is allowed, and nothing is told", () => {
  const operations: [string, (SecretId: string) => { input: object }][] = [
    ["CreateSecret", (Name) => new CreateSecretCommand({ Name, SecretString: "v" })],
    ["GetSecretValue", (SecretId) => new GetSecretValueCommand({ SecretId })],
    ["PutSecretValue", (SecretId) => new PutSecretValueCommand({ SecretId, SecretString: "v" })],
    ["DescribeSecret", (SecretId) => new DescribeSecretCommand({ SecretId })],
    ["UpdateSecret", (SecretId) => new UpdateSecretCommand({ SecretId, Description: "v" })],
    ["DeleteSecret", (SecretId) => new DeleteSecretCommand({ SecretId })],
    ["RestoreSecret", (SecretId) => new RestoreSecretCommand({ SecretId })],
  ];
  let nobody: SecretsManagerClient;
  beforeAll(async () => {
    nobody = await user("nobody");
  });

  test.each(operations)("%s", async (operation, command) => {
    for (const name of ["app/there", "app/missing"]) {
      expect(await refusal(nobody.send(command(name) as GetSecretValueCommand))).toBe(
        `AccessDeniedException: User: arn:aws:iam::123456789012:user/nobody is not authorized to perform: secretsmanager:${operation} on resource: ${name} because no identity-based policy allows the secretsmanager:${operation} action`,
      );
    }
  });

  test("ListSecrets", async () => {
    expect(await refusal(nobody.send(new ListSecretsCommand({})))).toBe(
      "AccessDeniedException: User: arn:aws:iam::123456789012:user/nobody is not authorized to perform: secretsmanager:ListSecrets because no identity-based policy allows the secretsmanager:ListSecrets action",
    );
  });
});

describe("a policy for names", () => {
  let reader: SecretsManagerClient;
  beforeAll(async () => {
    reader = await user("reader", allow("GetSecretValue", { Resource: secrets("app/*") }));
    await root.send(new CreateSecretCommand({ Name: "other/there", SecretString: "v" }));
  });
  const get = (SecretId: string) => reader.send(new GetSecretValueCommand({ SecretId }));

  test("reads those, by name and ARN, and learns which of them are missing", async () => {
    const { ARN, SecretString } = await get("app/there");
    expect(SecretString).toBe("v");
    expect((await get(ARN as string)).SecretString).toBe("v");
    await expect(get("app/missing")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });

  test("is denied the rest, there or not", async () => {
    for (const name of ["other/there", "other/missing"]) {
      await expect(get(name)).rejects.toMatchObject({ name: "AccessDeniedException" });
    }
  });

  test("a policy for the six characters is for that secret only", async () => {
    const exact = await user(
      "exact",
      allow("GetSecretValue", { Resource: secrets("app/t-??????") }),
    );
    await root.send(new CreateSecretCommand({ Name: "app/t", SecretString: "t" }));
    const value = await exact.send(new GetSecretValueCommand({ SecretId: "app/t" }));
    expect(value.SecretString).toBe("t");
    await expect(
      exact.send(new GetSecretValueCommand({ SecretId: "app/there" })),
    ).rejects.toMatchObject({ name: "AccessDeniedException" });
  });
});

describe("conditions", () => {
  test("VersionStage: AWSCURRENT is what is read where nothing is asked for", async () => {
    const current = await user(
      "current",
      allow("GetSecretValue", {
        Condition: { StringEquals: { "secretsmanager:VersionStage": "AWSCURRENT" } },
      }),
    );
    const get = (more: object) =>
      current.send(new GetSecretValueCommand({ SecretId: "app/there", ...more }));
    const { VersionId } = await get({});
    for (const denied of [{ VersionStage: "AWSPREVIOUS" }, { VersionId }]) {
      await expect(get(denied)).rejects.toMatchObject({ name: "AccessDeniedException" });
    }
  });

  test("tags: asked of the secret, and of the request that makes one", async () => {
    const owner = await user(
      "owner",
      allow("GetSecretValue", {
        Condition: { StringEquals: { "secretsmanager:ResourceTag/team": "weather" } },
      }),
      allow(["CreateSecret", "TagResource"], {
        Condition: { StringEquals: { "aws:RequestTag/team": "weather" } },
      }),
    );
    const create = (Name: string, team: string) =>
      owner.send(
        new CreateSecretCommand({ Name, SecretString: "v", Tags: [{ Key: "team", Value: team }] }),
      );
    await create("tag/mine", "weather");
    await expect(create("tag/other", "mail")).rejects.toMatchObject({
      name: "AccessDeniedException",
    });
    const get = (SecretId: string) => owner.send(new GetSecretValueCommand({ SecretId }));
    expect((await get("tag/mine")).SecretString).toBe("v");
    await expect(get("app/there")).rejects.toMatchObject({ name: "AccessDeniedException" });
  });

  test("tags on creation need the permission to tag", async () => {
    const untagged = await user("untagged", allow("CreateSecret"));
    const Tags = [{ Key: "k", Value: "v" }];
    await untagged.send(new CreateSecretCommand({ Name: "tag/none" }));
    await expect(
      untagged.send(new CreateSecretCommand({ Name: "tag/some", Tags })),
    ).rejects.toThrow(
      "not authorized to perform: secretsmanager:TagResource on resource: tag/some",
    );
  });

  test("deletion: with a window yes, at once no", async () => {
    const careful = await user(
      "careful",
      allow("DeleteSecret", {
        Condition: { NumericGreaterThanEquals: { "secretsmanager:RecoveryWindowInDays": "14" } },
      }),
    );
    await root.send(new CreateSecretCommand({ Name: "delete/me", SecretString: "v" }));
    const remove = (more: object) =>
      careful.send(new DeleteSecretCommand({ SecretId: "delete/me", ...more }));
    for (const denied of [{ ForceDeleteWithoutRecovery: true }, { RecoveryWindowInDays: 7 }]) {
      await expect(remove(denied)).rejects.toMatchObject({ name: "AccessDeniedException" });
    }
    expect((await remove({ RecoveryWindowInDays: 14 })).DeletionDate).toBeInstanceOf(Date);
  });
});

describe("a key of the customer's own", () => {
  test("needs permissions of its own, which may be for Secrets Manager alone", async () => {
    const kms = new KMSClient(vault.client);
    const KmsKeyId = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn;
    kms.destroy();
    const all = allow("*");
    const without = await user("without-key", all);
    const viaService = await user("with-key", all, {
      Effect: "Allow",
      Action: ["kms:GenerateDataKey", "kms:Decrypt"],
      Resource: KmsKeyId,
      Condition: { StringEquals: { "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com" } },
    });
    const sealed = { Name: "key/sealed", SecretString: "v", KmsKeyId };
    expect(await refusal(without.send(new CreateSecretCommand(sealed)))).toMatch(noKeyAccess);
    await viaService.send(new CreateSecretCommand(sealed));
    const get = new GetSecretValueCommand({ SecretId: "key/sealed" });
    expect((await viaService.send(get)).SecretString).toBe("v");
    expect(await refusal(without.send(get))).toMatch(noKeyAccess);
    const put = new PutSecretValueCommand({ SecretId: "key/sealed", SecretString: "w" });
    expect(await refusal(without.send(put))).toMatch(noKeyAccess);
  });

  test("a token in use is no way to guess what the value is", async () => {
    const kms = new KMSClient(vault.client);
    const KmsKeyId = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn;
    kms.destroy();
    const sealed = { Name: "key/guess", SecretString: "v", KmsKeyId };
    const { VersionId } = await root.send(new CreateSecretCommand(sealed));
    const writer = await user("writer", allow("PutSecretValue"), {
      Effect: "Allow",
      Action: "kms:GenerateDataKey",
      Resource: KmsKeyId,
    });
    for (const SecretString of ["v", "w"]) {
      const guess = { SecretId: "key/guess", SecretString, ClientRequestToken: VersionId };
      expect(await refusal(writer.send(new PutSecretValueCommand(guess)))).toMatch(noKeyAccess);
    }
  });

  test("given later it seals what is in use anew, if the caller may encrypt with it", async () => {
    const kms = new KMSClient(vault.client);
    const KmsKeyId = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn;
    kms.destroy();
    const keyless = await user("keyless", allow(["GetSecretValue"]));
    const use = (...Action: string[]) => ({ Effect: "Allow", Action, Resource: KmsKeyId });
    const partly = await user(
      "partly",
      allow("UpdateSecret"),
      use("kms:GenerateDataKey", "kms:Decrypt"),
    );
    await root.send(new CreateSecretCommand({ Name: "key/moved", SecretString: "v" }));
    const move = new UpdateSecretCommand({ SecretId: "key/moved", KmsKeyId });
    const get = new GetSecretValueCommand({ SecretId: "key/moved" });

    await partly.send(move);
    expect((await keyless.send(get)).SecretString).toBe("v");
    await root.send(move);
    expect((await root.send(get)).SecretString).toBe("v");
    await expect(keyless.send(get)).rejects.toThrow("Access to KMS is not allowed");
  });
});
