/** Secrets Manager through the AWS SDK, over HTTP, against a whole vault. */
import { randomUUID } from "node:crypto";
import { CloudTrailClient, LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
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

let vault: TestVault;
let client: SecretsManagerClient;
beforeAll(async () => {
  vault = await startVault();
  client = new SecretsManagerClient(vault.client);
});
afterAll(async () => {
  client.destroy();
  expect(vault.faults).toEqual([]);
  await vault.close();
});

const arnPattern = /^arn:aws:secretsmanager:us-east-1:123456789012:secret:(.+)-[A-Za-z0-9]{6}$/;

function create(Name: string, more: object = { SecretString: "v" }) {
  return client.send(new CreateSecretCommand({ Name, ...more }));
}

async function read(SecretId: string, more: object = {}): Promise<string | undefined> {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId, ...more }));
  return SecretString;
}

describe("a secret's life", () => {
  test("created, read, replaced, described", async () => {
    const first = randomUUID();
    const created = await create("app/life", {
      SecretString: '{"token":"one"}',
      ClientRequestToken: first,
      Description: "the app's token",
      Tags: [{ Key: "team", Value: "weather" }],
    });
    expect(created.ARN).toMatch(arnPattern);
    expect(created).toMatchObject({ Name: "app/life", VersionId: first });

    const { ARN, VersionId } = created;
    expect(await client.send(new GetSecretValueCommand({ SecretId: "app/life" }))).toMatchObject({
      ARN,
      Name: "app/life",
      VersionId,
      SecretString: '{"token":"one"}',
      VersionStages: ["AWSCURRENT"],
      CreatedDate: expect.any(Date),
    });

    const put = await client.send(
      new PutSecretValueCommand({ SecretId: ARN, SecretString: '{"token":"two"}' }),
    );
    expect(put).toMatchObject({ ARN, Name: "app/life", VersionStages: ["AWSCURRENT"] });
    expect(await read("app/life")).toBe('{"token":"two"}');
    expect(await read("app/life", { VersionStage: "AWSPREVIOUS" })).toBe('{"token":"one"}');

    const { $metadata: _, ...described } = await client.send(
      new DescribeSecretCommand({ SecretId: "app/life" }),
    );
    expect(described).toEqual({
      ARN,
      Name: "app/life",
      Description: "the app's token",
      CreatedDate: expect.any(Date),
      LastChangedDate: expect.any(Date),
      LastAccessedDate: expect.any(Date),
      Tags: [{ Key: "team", Value: "weather" }],
      VersionIdsToStages: {
        [first]: ["AWSPREVIOUS"],
        [put.VersionId as string]: ["AWSCURRENT"],
      },
    });
    expect(described.LastAccessedDate?.toISOString()).toMatch(/T00:00:00\.000Z$/);
    const { SecretList } = await client.send(
      new ListSecretsCommand({ Filters: [{ Key: "name", Values: ["app/life"] }] }),
    );
    expect(SecretList?.[0]?.LastAccessedDate).toEqual(described.LastAccessedDate);
  });

  test("bytes come back as they went in", async () => {
    const SecretBinary = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    await create("app/binary", { SecretBinary });
    const value = await client.send(new GetSecretValueCommand({ SecretId: "app/binary" }));
    expect(value.SecretBinary).toEqual(SecretBinary);
    expect(value.SecretString).toBeUndefined();
  });

  test("64 KB is the limit, counted in bytes", async () => {
    const largest = "x".repeat(65_536);
    await create("app/large", { SecretString: largest });
    expect(await read("app/large")).toBe(largest);
    for (const SecretString of [`${largest}x`, "ä".repeat(32_769)]) {
      await expect(create("app/larger", { SecretString })).rejects.toMatchObject({
        name: "ValidationException",
        message:
          "1 validation error detected: Value at 'secretString' failed to satisfy constraint: Member must have length less than or equal to 65536",
      });
    }
    await expect(create("app/larger", { SecretBinary: new Uint8Array(65_537) })).rejects.toThrow(
      "Value at 'secretBinary' failed to satisfy constraint",
    );
  });

  test("survives a restart", async () => {
    await create("app/kept", { SecretString: "kept" });
    await vault.restart();
    expect(await read("app/kept")).toBe("kept");
  });

  test("deleted, restored, deleted for good", async () => {
    const { ARN } = await create("app/deleted");
    const before = vault.clock.now();
    const { DeletionDate } = await client.send(
      new DeleteSecretCommand({ SecretId: "app/deleted", RecoveryWindowInDays: 7 }),
    );
    const days = (Number(DeletionDate) - before) / 86_400_000;
    expect(days).toBeGreaterThan(6.9);
    expect(days).toBeLessThan(7.1);
    await expect(read("app/deleted")).rejects.toMatchObject({
      name: "InvalidRequestException",
      message: "You can't perform this operation on the secret because it was marked for deletion.",
    });
    const described = await client.send(new DescribeSecretCommand({ SecretId: ARN }));
    expect(described.DeletedDate).toEqual(DeletionDate);

    const restored = await client.send(new RestoreSecretCommand({ SecretId: ARN }));
    expect(restored).toMatchObject({ ARN, Name: "app/deleted" });
    expect(await read("app/deleted")).toBe("v");

    await client.send(new DeleteSecretCommand({ SecretId: ARN, ForceDeleteWithoutRecovery: true }));
    await expect(read("app/deleted")).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "Secrets Manager can't find the specified secret.",
    });
    const again = await create("app/deleted");
    expect(again.ARN).toMatch(arnPattern);
    expect(again.ARN).not.toBe(ARN);
  });

  test("what isn't there is deleted at once all the same, as it was named", async () => {
    const remove = (SecretId = "") =>
      client.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
    const byName = await remove("app/never");
    expect(byName).toMatchObject({ Name: "app/never", DeletionDate: expect.any(Date) });
    expect(byName.ARN).toMatch(arnPattern);
    const { ARN } = byName;
    expect(await remove(ARN)).toMatchObject({ ARN, Name: "app/never" });
    // Without its six characters an ARN is no whole one.
    const { ARN: whole } = await remove(ARN?.slice(0, -7));
    expect(whole).toMatch(arnPattern);
  });
});

describe("requests that come twice", () => {
  test("the same token and value make one version, another value is refused", async () => {
    const ClientRequestToken = randomUUID();
    const first = await create("twice", { SecretString: "v", ClientRequestToken });
    const again = await create("twice", { SecretString: "v", ClientRequestToken });
    expect({ ...again, $metadata: undefined }).toEqual({ ...first, $metadata: undefined });
    await expect(create("twice")).rejects.toMatchObject({
      name: "ResourceExistsException",
      message: "The operation failed because the secret twice already exists.",
    });
    const put = (SecretString: string) =>
      client.send(
        new PutSecretValueCommand({ SecretId: "twice", SecretString, ClientRequestToken }),
      );
    expect((await put("v")).VersionId).toBe(ClientRequestToken);
    await expect(put("w")).rejects.toMatchObject({ name: "ResourceExistsException" });
    expect(await read("twice")).toBe("v");
  });

  test("a client that sends no token is told to", async () => {
    const tokenless = new SecretsManagerClient(vault.client);
    tokenless.middlewareStack.add(
      (next) => (args) => {
        const { request } = args as { request: { body: unknown } };
        const { ClientRequestToken: _, ...input } = JSON.parse(
          new TextDecoder().decode(request.body as Uint8Array),
        );
        request.body = JSON.stringify(input);
        return next(args);
      },
      // Before the length of the body is told.
      { step: "build", priority: "high" },
    );
    const value = { SecretId: "twice", SecretString: "v" };
    for (const command of [
      new CreateSecretCommand({ Name: "tokenless", SecretString: "v" }),
      new PutSecretValueCommand(value),
      new UpdateSecretCommand(value),
    ]) {
      await expect(tokenless.send(command as CreateSecretCommand)).rejects.toMatchObject({
        name: "InvalidRequestException",
        message: "You must provide a ClientRequestToken value. We recommend a UUID-type value.",
      });
    }
    tokenless.destroy();
  });
});

describe("requests that don't make sense", () => {
  test("neither or both kinds of value", async () => {
    await create("bad/value");
    await expect(
      client.send(new PutSecretValueCommand({ SecretId: "bad/value" })),
    ).rejects.toMatchObject({
      name: "InvalidRequestException",
      message: "You must provide either SecretString or SecretBinary.",
    });
    const both = { SecretString: "v", SecretBinary: Uint8Array.of(1) };
    for (const request of [
      new CreateSecretCommand({ Name: "bad/both", ...both }),
      new PutSecretValueCommand({ SecretId: "bad/value", ...both }),
      new UpdateSecretCommand({ SecretId: "bad/value", ...both }),
    ]) {
      await expect(client.send(request as CreateSecretCommand)).rejects.toMatchObject({
        name: "InvalidParameterException",
        message:
          "You can't specify both a binary secret value and a string secret value in the same secret.",
      });
    }
  });

  test.each([
    ["secretString", { SecretString: "" }],
    ["secretBinary", { SecretBinary: new Uint8Array() }],
  ])("an empty value: %s", async (member, value) => {
    const SecretId = "bad/empty";
    for (const request of [
      new CreateSecretCommand({ Name: SecretId, ...value }),
      new PutSecretValueCommand({ SecretId, ...value }),
      new UpdateSecretCommand({ SecretId, ...value }),
    ]) {
      await expect(client.send(request as CreateSecretCommand)).rejects.toMatchObject({
        name: "ValidationException",
        message: `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must have length greater than or equal to 1`,
      });
    }
  });

  test.each([
    [
      { RecoveryWindowInDays: 6 },
      "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).",
    ],
    [
      { RecoveryWindowInDays: 31 },
      "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).",
    ],
    [
      { RecoveryWindowInDays: 7, ForceDeleteWithoutRecovery: true },
      "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
    ],
  ])("a window of %j", async (window, message) => {
    await expect(
      client.send(new DeleteSecretCommand({ SecretId: "bad/window", ...window })),
    ).rejects.toMatchObject({ name: "InvalidParameterException", message });
  });

  test.each([
    ["too many tags", Array.from({ length: 51 }, (_, at) => ({ Key: `k${at}`, Value: "v" }))],
    ["AWS's own prefix", [{ Key: "aws:mine", Value: "v" }]],
    [
      "a tag twice",
      [
        { Key: "k", Value: "v" },
        { Key: "k", Value: "w" },
      ],
    ],
  ])("%s", async (_what, Tags) => {
    await expect(create("bad/tags", { SecretString: "v", Tags })).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
    await expect(read("bad/tags")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });

  test("a RotationToken is refused by name", async () => {
    await create("bad/member", { SecretString: "v" });
    const input = { SecretId: "bad/member", SecretString: "v", RotationToken: randomUUID() };
    await expect(client.send(new PutSecretValueCommand(input))).rejects.toThrow(
      "RotationToken is not supported by this vault",
    );
  });

  test("a filter without its key", async () => {
    const Filters = [{ Values: ["v"] }];
    await expect(client.send(new ListSecretsCommand({ Filters }))).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: "Invalid filter key",
    });
  });
});

describe("the trail", () => {
  test("tells which version was read and what was written, and no value", async () => {
    const SecretString = `planted-${randomUUID()}`;
    const { ARN, VersionId } = await create("trail/planted", { SecretString });
    await read("trail/planted");
    const trail = new CloudTrailClient(vault.client);
    const LookupAttributes = [
      { AttributeKey: "ResourceName" as const, AttributeValue: ARN as string },
    ];
    const { Events = [] } = await trail.send(new LookupEventsCommand({ LookupAttributes }));
    trail.destroy();
    const [get, made] = Events.map(({ CloudTrailEvent }) => JSON.parse(CloudTrailEvent as string));
    expect(get).toMatchObject({
      eventName: "GetSecretValue",
      requestParameters: { secretId: "trail/planted" },
      responseElements: null,
      additionalEventData: { versionId: VersionId },
    });
    expect(made).toMatchObject({
      eventName: "CreateSecret",
      requestParameters: { name: "trail/planted" },
      responseElements: { arn: ARN, name: "trail/planted", versionId: VersionId },
    });
    expect(JSON.stringify(Events)).not.toContain(SecretString);
  });
});

describe("lists", () => {
  test("pages, filters and orders", async () => {
    for (const name of ["list/b", "list/a", "list/c"]) await create(name);
    const Filters = [{ Key: "name" as const, Values: ["list/"] }];
    const names: (string | undefined)[] = [];
    let NextToken: string | undefined;
    do {
      const page = await client.send(
        new ListSecretsCommand({ Filters, SortBy: "name", MaxResults: 2, NextToken }),
      );
      names.push(...(page.SecretList ?? []).map(({ Name }) => Name));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(names).toEqual(["list/a", "list/b", "list/c"]);
    const newest = await client.send(
      new ListSecretsCommand({ Filters, SortOrder: "desc", MaxResults: 1 }),
    );
    expect(newest.SecretList?.[0]).toMatchObject({
      Name: "list/c",
      SecretVersionsToStages: expect.any(Object),
    });
    await expect(
      client.send(new ListSecretsCommand({ NextToken: "not-from-here" })),
    ).rejects.toMatchObject({ name: "InvalidNextTokenException" });
  });
});

describe("a key of the customer's own", () => {
  test("seals what is put, shows, and takes over what is in use", async () => {
    const kms = new KMSClient(vault.client);
    const key = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn;
    kms.destroy();
    const { ARN } = await create("key/own", { SecretString: "one", KmsKeyId: key });
    const kmsKeyId = async () =>
      (await client.send(new DescribeSecretCommand({ SecretId: ARN }))).KmsKeyId;
    expect(await kmsKeyId()).toBe(key);
    expect(await read("key/own")).toBe("one");

    const update = (more: object) =>
      client.send(new UpdateSecretCommand({ SecretId: ARN, ...more }));
    expect((await update({ KmsKeyId: "" })).VersionId).toBeUndefined();
    expect(await kmsKeyId()).toBeUndefined();
    expect(await read("key/own")).toBe("one");
    const managed = "arn:aws:kms:us-east-1:123456789012:alias/aws/secretsmanager";
    await update({ KmsKeyId: managed });
    expect(await kmsKeyId()).toBeUndefined();
    await update({ KmsKeyId: key, SecretString: "two" });
    expect(await read("key/own")).toBe("two");
    expect(await read("key/own", { VersionStage: "AWSPREVIOUS" })).toBe("one");
  });

  test("must exist", async () => {
    await expect(
      create("key/missing", { SecretString: "v", KmsKeyId: "alias/none" }),
    ).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: expect.stringContaining("The operation failed because of an invalid KMS key: "),
    });
  });
});
