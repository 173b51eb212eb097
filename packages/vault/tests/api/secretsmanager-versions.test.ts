/** Versions, staging labels, tags and random passwords through the AWS SDK. */
import { randomUUID } from "node:crypto";
import { paginateListSecretVersionIds, type SecretsManager } from "@aws-sdk/client-secrets-manager";
import { beforeAll, describe, expect, test } from "vitest";
import { refusal, sideBySide } from "./refusal.fixture.ts";
import { allow, type SecretsFixture, startSecrets } from "./secretsmanager.fixture.ts";

const started = startSecrets();
let fixture: SecretsFixture;
let root: SecretsManager;
beforeAll(() => {
  fixture = started();
  ({ root } = fixture);
});

/** A secret with as many versions, of which the last is current; their ids. */
async function secretOf(Name: string, versions: number): Promise<string[]> {
  await root.createSecret({ Name });
  const ids = Array.from({ length: versions }, () => randomUUID());
  for (const ClientRequestToken of ids) {
    await root.putSecretValue({ SecretId: Name, SecretString: "v", ClientRequestToken });
  }
  return ids;
}

async function stagesOf(SecretId: string) {
  return (await root.describeSecret({ SecretId })).VersionIdsToStages;
}

describe("UpdateSecretVersionStage", () => {
  test("AWSCURRENT moves and AWSPREVIOUS follows it", async () => {
    const [old = "", previous = "", current = ""] = await secretOf("stage/current", 3);
    const SecretId = "stage/current";
    const reply = await root.updateSecretVersionStage({
      SecretId,
      VersionStage: "AWSCURRENT",
      RemoveFromVersionId: current,
      MoveToVersionId: old,
    });
    expect(reply).toMatchObject({ Name: SecretId, ARN: expect.stringContaining(SecretId) });
    expect(await stagesOf(SecretId)).toEqual({
      [old]: ["AWSCURRENT"],
      [current]: ["AWSPREVIOUS"],
    });
    expect(
      await refusal(root.getSecretValue({ SecretId, VersionStage: "x", VersionId: previous })),
    ).toBe(
      "InvalidRequestException: You provided a VersionStage that is not associated to the provided VersionId.",
    );
  });

  test("a pending version keeps AWSPENDING when it becomes the current one", async () => {
    const SecretId = "stage/pending";
    const [first = ""] = await secretOf(SecretId, 1);
    const MoveToVersionId = randomUUID();
    await root.putSecretValue({
      SecretId,
      SecretString: "next",
      ClientRequestToken: MoveToVersionId,
      VersionStages: ["AWSPENDING"],
    });
    const VersionStage = "AWSCURRENT";
    await root.updateSecretVersionStage({
      SecretId,
      VersionStage,
      RemoveFromVersionId: first,
      MoveToVersionId,
    });
    expect(await stagesOf(SecretId)).toEqual({
      [first]: ["AWSPREVIOUS"],
      [MoveToVersionId]: ["AWSCURRENT", "AWSPENDING"],
    });
  });

  test("labels of one's own come and go", async () => {
    const SecretId = "stage/own";
    const [one = "", two = ""] = await secretOf(SecretId, 2);
    const VersionStage = "BLUE";
    await root.updateSecretVersionStage({ SecretId, VersionStage, MoveToVersionId: one });
    await root.updateSecretVersionStage({ SecretId, VersionStage, MoveToVersionId: one });
    await root.updateSecretVersionStage({
      SecretId,
      VersionStage,
      MoveToVersionId: two,
      RemoveFromVersionId: one,
    });
    expect(await stagesOf(SecretId)).toEqual({
      [one]: ["AWSPREVIOUS"],
      [two]: ["AWSCURRENT", "BLUE"],
    });
    await root.updateSecretVersionStage({ SecretId, VersionStage, RemoveFromVersionId: two });
    expect(await stagesOf(SecretId)).toEqual({ [one]: ["AWSPREVIOUS"], [two]: ["AWSCURRENT"] });
  });

  test("what it refuses, in AWS's words, and without changing anything", async () => {
    const SecretId = "stage/refused";
    const [one = "", two = ""] = await secretOf(SecretId, 2);
    const before = await stagesOf(SecretId);
    const VersionStage = "AWSCURRENT";
    const move = (more: object) =>
      refusal(root.updateSecretVersionStage({ SecretId, VersionStage, ...more }));
    expect(await move({ MoveToVersionId: one })).toBe(
      `InvalidParameterException: The parameter RemoveFromVersionId can't be empty. Staging label AWSCURRENT is currently attached to version ${two}, so you must explicitly reference that version in RemoveFromVersionId.`,
    );
    expect(await move({ RemoveFromVersionId: two })).toBe(
      "InvalidParameterException: You can only move staging label AWSCURRENT to a different secret version. It can’t be completely removed.",
    );
    expect(await move({ RemoveFromVersionId: one, MoveToVersionId: one })).toBe(
      "InvalidParameterException: When you move staging label AWSCURRENT, if you specify RemoveFromVersionId, it must be set to the version that currently has the staging label AWSCURRENT.",
    );
    const missing = randomUUID();
    expect(await move({ RemoveFromVersionId: two, MoveToVersionId: missing })).toBe(
      `ResourceNotFoundException: Secrets Manager can't find the specified secret value for VersionId: ${missing}`,
    );
    expect(await move({})).toMatch(/^InvalidParameterException/);
    expect(await stagesOf(SecretId)).toEqual(before);
    for (let at = 0; at < 18; at++) {
      await root.updateSecretVersionStage({
        SecretId,
        VersionStage: `L${at}`,
        MoveToVersionId: one,
      });
    }
    expect(await move({ VersionStage: "ONE-TOO-MANY", MoveToVersionId: one })).toBe(
      "LimitExceededException: A secret can't have more than 20 staging labels.",
    );
  });
});

describe("ListSecretVersionIds", () => {
  test("oldest first, with keys and the day of the last read, deprecated ones if asked for", async () => {
    const SecretId = "versions/listed";
    const [one, two, three] = await secretOf(SecretId, 3);
    await root.getSecretValue({ SecretId });
    const { Versions, ARN, Name } = await root.listSecretVersionIds({ SecretId });
    expect(ARN).toContain(SecretId);
    expect(Name).toBe(SecretId);
    const KmsKeyIds = ["DefaultEncryptionKey"];
    const CreatedDate = expect.any(Date);
    const midnight = new Date(new Date(fixture.vault.clock.now()).setUTCHours(0, 0, 0, 0));
    const labelled = [
      { VersionId: two, VersionStages: ["AWSPREVIOUS"], CreatedDate, KmsKeyIds },
      {
        VersionId: three,
        VersionStages: ["AWSCURRENT"],
        CreatedDate,
        KmsKeyIds,
        LastAccessedDate: midnight,
      },
    ];
    expect(Versions).toEqual(labelled);
    const all = await root.listSecretVersionIds({ SecretId, IncludeDeprecated: true });
    expect(all.Versions).toEqual([{ VersionId: one, CreatedDate, KmsKeyIds }, ...labelled]);
    const { Versions: none } = await root.listSecretVersionIds({
      SecretId: (await root.createSecret({ Name: "versions/none" })).ARN ?? "",
    });
    expect(none).toEqual([]);
  });

  test("a customer's key by its ARN", async () => {
    const { KeyMetadata } = await fixture.kms.createKey({});
    await root.createSecret({
      Name: "versions/key",
      SecretString: "v",
      KmsKeyId: KeyMetadata?.KeyId,
    });
    const { Versions } = await root.listSecretVersionIds({ SecretId: "versions/key" });
    expect(Versions?.[0]?.KmsKeyIds).toEqual([KeyMetadata?.Arn]);
  });

  test.each([true, false])("in pages, deprecated ones included: %s", async (IncludeDeprecated) => {
    const SecretId = `versions/pages-${IncludeDeprecated}`;
    const ids = await secretOf(SecretId, 5);
    const expected = IncludeDeprecated ? ids : ids.slice(-2);
    const listed: (string | undefined)[] = [];
    const pages = paginateListSecretVersionIds(
      { client: root, pageSize: 1 },
      { SecretId, IncludeDeprecated },
    );
    for await (const { Versions = [] } of pages) listed.push(...Versions.map((v) => v.VersionId));
    expect(listed).toEqual(expected);
  });

  test("a token is good for its list only", async () => {
    await secretOf("versions/token", 3);
    await secretOf("versions/other", 3);
    const { NextToken } = await root.listSecretVersionIds({
      SecretId: "versions/token",
      MaxResults: 1,
    });
    for (const more of [
      { SecretId: "versions/other" },
      { SecretId: "versions/token", IncludeDeprecated: true },
      { SecretId: "versions/token", NextToken: `${NextToken}A` },
    ]) {
      expect(await refusal(root.listSecretVersionIds({ NextToken, ...more }))).toBe(
        "InvalidNextTokenException: The NextToken value is invalid.",
      );
    }
  });
});

describe("tags", () => {
  const tag = (Key: string, Value = "v") => ({ Key, Value });
  const tagsOf = async (SecretId: string) => (await root.describeSecret({ SecretId })).Tags;

  test("come, change and go; an empty list stays where there were some", async () => {
    const SecretId = "tags/life";
    await root.createSecret({ Name: SecretId });
    expect(await tagsOf(SecretId)).toBeUndefined();
    await root.tagResource({ SecretId, Tags: [tag("one"), tag("two")] });
    await root.tagResource({ SecretId, Tags: [tag("two", "changed")] });
    expect(await tagsOf(SecretId)).toEqual([tag("one"), tag("two", "changed")]);
    await root.untagResource({ SecretId, TagKeys: ["one", "missing"] });
    expect(await tagsOf(SecretId)).toEqual([tag("two", "changed")]);
    await root.untagResource({ SecretId, TagKeys: ["two"] });
    expect(await tagsOf(SecretId)).toEqual([]);
  });

  test("where none of those to go is there, nothing changes", async () => {
    const SecretId = "tags/none";
    await root.createSecret({ Name: SecretId, Tags: [tag("one")] });
    const changed = async () => (await root.describeSecret({ SecretId })).LastChangedDate;
    const before = await changed();
    fixture.vault.clock.advance(60_000);
    await root.untagResource({ SecretId, TagKeys: ["missing"] });
    expect(await changed()).toEqual(before);
    await root.untagResource({ SecretId, TagKeys: ["one", "missing"] });
    expect(await changed()).not.toEqual(before);
  });

  test("fifty, and none of AWS's own", async () => {
    const SecretId = "tags/many";
    const fifty = Array.from({ length: 50 }, (_, at) => tag(`k${at}`));
    await root.createSecret({ Name: SecretId, Tags: fifty });
    await root.tagResource({ SecretId, Tags: [tag("k0", "changed")] });
    expect(await refusal(root.tagResource({ SecretId, Tags: [tag("one-more")] }))).toBe(
      "InvalidParameterException: You can't attach more than 50 tags to a secret.",
    );
    const Tags = [tag("aws:mine")];
    for (const change of sideBySide([
      root.createSecret({ Name: "tags/system", Tags }),
      root.tagResource({ SecretId, Tags }),
      root.untagResource({ SecretId, TagKeys: ["aws:mine"] }),
    ])) {
      expect(await refusal(change)).toBe(
        "InvalidParameterException: You can't modify system tags. Tag key: 'aws:mine'.",
      );
    }
  });

  test("nobody tags themselves out of a secret", async () => {
    const SecretId = "tags/locked";
    await root.createSecret({ Name: SecretId, Tags: [tag("team", "blue")] });
    const mine = { StringEquals: { "aws:ResourceTag/team": "blue" } };
    const { secrets: blue } = await fixture.user(
      "blue",
      allow(["TagResource", "UntagResource"], { Condition: mine }),
    );
    for (const change of sideBySide([
      blue.tagResource({ SecretId, Tags: [tag("team", "red")] }),
      blue.untagResource({ SecretId, TagKeys: ["team"] }),
    ])) {
      expect(await refusal(change)).toMatch(/^AccessDeniedException: User: .*user\/blue/);
    }
    await blue.tagResource({ SecretId, Tags: [tag("colour", "navy")] });
    expect(await tagsOf(SecretId)).toEqual([tag("team", "blue"), tag("colour", "navy")]);
  });

  test("are asked about by aws:RequestTag and aws:TagKeys", async () => {
    const SecretId = "tags/conditions";
    await root.createSecret({ Name: SecretId });
    const { secrets: tagger } = await fixture.user(
      "tagger",
      allow("TagResource", { Condition: { StringEquals: { "aws:RequestTag/env": "dev" } } }),
      allow("UntagResource", {
        Condition: { "ForAllValues:StringEquals": { "aws:TagKeys": ["env"] } },
      }),
    );
    await tagger.tagResource({ SecretId, Tags: [tag("env", "dev")] });
    expect(await refusal(tagger.tagResource({ SecretId, Tags: [tag("env", "prod")] }))).toMatch(
      /^AccessDenied/,
    );
    expect(await refusal(tagger.untagResource({ SecretId, TagKeys: ["team"] }))).toMatch(
      /^AccessDenied/,
    );
    await tagger.untagResource({ SecretId, TagKeys: ["env"] });
  });

  test("are left alone on a secret that is scheduled for deletion", async () => {
    const SecretId = "tags/deleted";
    await root.createSecret({ Name: SecretId });
    await root.deleteSecret({ SecretId });
    expect(await refusal(root.tagResource({ SecretId, Tags: [tag("k")] }))).toBe(
      "InvalidRequestException: You can't perform this operation on the secret because it was marked for deletion.",
    );
  });
});

describe("GetRandomPassword", () => {
  test("follows its options", async () => {
    const { RandomPassword = "" } = await root.getRandomPassword({});
    expect(RandomPassword).toMatch(/^[!-~]{32}$/);
    for (const type of [/[a-z]/, /[A-Z]/, /[0-9]/, /[!-/:-@[-`{-~]/]) {
      expect(RandomPassword).toMatch(type);
    }
    const { RandomPassword: digits = "" } = await root.getRandomPassword({
      PasswordLength: 200,
      ExcludeLowercase: true,
      ExcludeUppercase: true,
      ExcludePunctuation: true,
      ExcludeCharacters: "01",
    });
    expect(digits).toMatch(/^[2-9]{200}$/);
  });

  test.each([
    [{ PasswordLength: 3 }, "Password length is too short based on the required types."],
    [{ ExcludeCharacters: "0123456789" }, "All characters of the desired type have been excluded."],
    [
      {
        ExcludeLowercase: true,
        ExcludeUppercase: true,
        ExcludePunctuation: true,
        ExcludeNumbers: true,
      },
      "All characters have been excluded from selection.",
    ],
  ])("%j is refused", async (input, message) => {
    expect(await refusal(root.getRandomPassword(input))).toBe(
      `InvalidParameterException: ${message}`,
    );
  });

  test("4096 characters at most", async () => {
    expect(await refusal(root.getRandomPassword({ PasswordLength: 4097 }))).toBe(
      "ValidationException: 1 validation error detected: Value '4097' at 'passwordLength' failed to satisfy constraint: Member must have value less than or equal to 4096",
    );
  });
});
