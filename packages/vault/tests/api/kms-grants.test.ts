/** Grants, over HTTP: what they let their grantee do, who ends them, and as Terraform leads them. */
import type { KMS } from "@aws-sdk/client-kms";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type KmsFixture, Plaintext, startKms } from "./kms.fixture.ts";
import { refusal, sideBySide } from "./refusal.fixture.ts";

type User = Awaited<ReturnType<KmsFixture["createUser"]>>;

const started = startKms();
let fixture: KmsFixture;
let kms: KMS;
let grantee: User;
let KeyId: string;
let arn: string;

const root = "arn:aws:iam::123456789012:root";

beforeAll(async () => {
  fixture = started();
  ({ kms } = fixture);
  grantee = await fixture.createUser("grantee");
});

beforeEach(async () => {
  ({ keyId: KeyId, arn } = await fixture.createKey());
});

function grant(more: Partial<Parameters<KMS["createGrant"]>[0]> = {}) {
  const Operations = ["Encrypt", "Decrypt"] as const;
  const GranteePrincipal = grantee.arn;
  return kms.createGrant({ KeyId, GranteePrincipal, Operations: [...Operations], ...more });
}

const grantsOf = async (more: object = {}) =>
  (await kms.listGrants({ KeyId, ...more })).Grants ?? [];

describe("a grant", () => {
  it("lets its grantee do its operations on its key, at once, and nothing else", async () => {
    expect(await refusal(grantee.kms.encrypt({ KeyId, Plaintext }))).toMatch(/^AccessDenied/);
    const { GrantId, GrantToken = "" } = await grant();
    expect(GrantId).toMatch(/^[0-9a-f]{64}$/);
    const { CiphertextBlob } = await grantee.kms.encrypt({ KeyId, Plaintext });
    await grantee.kms.decrypt({ CiphertextBlob, GrantTokens: [GrantToken] });
    for (const asked of sideBySide([
      grantee.kms.describeKey({ KeyId }),
      grantee.kms.generateDataKey({ KeyId, KeySpec: "AES_256" }),
      grantee.kms.listGrants({ KeyId }),
      grantee.kms.disableKey({ KeyId }),
      grantee.kms.encrypt({ KeyId: fixture.keyId, Plaintext }),
    ])) {
      expect(await refusal(asked)).toMatch(/^AccessDeniedException: .*no identity-based policy/);
    }
    await kms.revokeGrant({ KeyId, GrantId });
    expect(await refusal(grantee.kms.encrypt({ KeyId, Plaintext }))).toMatch(/^AccessDenied/);
  });

  it("is no match for an explicit deny", async () => {
    const denied = await fixture.createUser("denied", {
      Effect: "Deny",
      Action: "kms:Encrypt",
      Resource: "*",
    });
    await grant({ GranteePrincipal: denied.arn });
    expect(await refusal(denied.kms.encrypt({ KeyId, Plaintext }))).toMatch(
      /with an explicit deny in an identity-based policy$/,
    );
  });

  it("to an account leaves it to the account's policies", async () => {
    const Policy = JSON.stringify({
      Version: "2012-10-17",
      Statement: {
        Effect: "Allow",
        Principal: { AWS: root },
        Action: ["kms:PutKeyPolicy", "kms:CreateGrant"],
        Resource: "*",
      },
    });
    await kms.putKeyPolicy({ KeyId, Policy });
    const allowed = await fixture.createUser("allowed", {
      Effect: "Allow",
      Action: "kms:*",
      Resource: "*",
    });
    expect(await refusal(allowed.kms.encrypt({ KeyId, Plaintext }))).toMatch(/^AccessDenied/);
    await grant({ GranteePrincipal: root });
    await allowed.kms.encrypt({ KeyId, Plaintext });
    expect(await refusal(grantee.kms.encrypt({ KeyId, Plaintext }))).toMatch(/^AccessDenied/);
  });

  it("counts for Secrets Manager, which uses the key as its caller", async () => {
    await fixture.allow("grantee", {
      Effect: "Allow",
      Action: "secretsmanager:*",
      Resource: "*",
    });
    const secret = { Name: `granted-${KeyId}`, SecretString: "s", KmsKeyId: KeyId };
    await new SecretsManager(fixture.vault.client).createSecret(secret);
    const reader = new SecretsManager(grantee.client);
    const read = () => reader.getSecretValue({ SecretId: secret.Name });
    expect(await refusal(read())).toMatch(
      /^AccessDeniedException: Access to KMS is not allowed\. User: .* kms:Decrypt on resource: /,
    );
    await grant({ Operations: ["Decrypt"] });
    expect((await read()).SecretString).toBe("s");
  });

  it("means who had the name when it was made", async () => {
    const first = await fixture.createUser("again");
    await grant({ GranteePrincipal: first.arn });
    await fixture.deleteUser("again", first.accessKeyId);
    const second = await fixture.createUser("again");
    expect(await refusal(second.kms.encrypt({ KeyId, Plaintext }))).toMatch(/^AccessDenied/);
    expect((await grantsOf())[0]?.GranteePrincipal).toBe(first.id);
  });
});

describe("a constraint", () => {
  const app = { app: "weather" };

  it("asks for the encryption context, or for exactly it", async () => {
    const can = async (EncryptionContext: Record<string, string>) => {
      const asked = grantee.kms.encrypt({ KeyId, Plaintext, EncryptionContext });
      return asked.then(
        () => true,
        () => false,
      );
    };
    const { GrantId } = await grant({ Constraints: { EncryptionContextSubset: app } });
    expect(await can(app)).toBe(true);
    expect(await can({ ...app, env: "production" })).toBe(true);
    expect(await can({ app: "rain" })).toBe(false);
    expect(await can({})).toBe(false);
    await kms.revokeGrant({ KeyId, GrantId });
    await grant({ Constraints: { EncryptionContextEquals: app } });
    expect(await can(app)).toBe(true);
    expect(await can({ ...app, env: "production" })).toBe(false);
  });

  it("does not bind what has no context", async () => {
    await grant({
      Operations: ["DescribeKey"],
      Constraints: { EncryptionContextSubset: app },
    });
    expect((await grantee.kms.describeKey({ KeyId })).KeyMetadata?.Arn).toBe(arn);
  });

  it("is passed on with the grant: a child is never wider than its parent", async () => {
    await grant({
      Operations: ["CreateGrant", "Encrypt"],
      Constraints: { EncryptionContextSubset: app },
    });
    const pass = (more: object) =>
      grantee.kms.createGrant({
        KeyId,
        GranteePrincipal: root,
        Operations: ["Encrypt"],
        Constraints: { EncryptionContextSubset: app },
        ...more,
      });
    await pass({});
    await pass({ Constraints: { EncryptionContextEquals: { ...app, env: "production" } } });
    for (const wider of [
      { Constraints: undefined },
      { Constraints: { EncryptionContextSubset: { env: "production" } } },
      { Operations: ["Encrypt", "Decrypt"] },
    ]) {
      expect(await refusal(pass(wider))).toMatch(/perform: kms:CreateGrant/);
    }
  });

  it("takes 8 pairs, and values of 384 characters", async () => {
    const pairs = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, "v"]));
    await grant({ Constraints: { EncryptionContextSubset: pairs(8) } });
    for (const EncryptionContextSubset of [pairs(9), { k: "v".repeat(385) }]) {
      expect(await refusal(grant({ Constraints: { EncryptionContextSubset } }))).toMatch(
        /^ValidationException/,
      );
    }
  });
});

describe("CreateGrant", () => {
  it("wants more to be granted than to grant on, and one constraint, in AWS's words", async () => {
    expect(await refusal(grant({ Operations: ["CreateGrant"] }))).toBe(
      "ValidationException: Grants must not contain only the CreateGrant operation.",
    );
    const EncryptionContextSubset = { app: "shop" };
    for (const EncryptionContextEquals of [EncryptionContextSubset, {}]) {
      const Constraints = { EncryptionContextSubset, EncryptionContextEquals };
      expect(await refusal(grant({ Constraints }))).toBe(
        "ValidationException: More than one constraint supplied",
      );
    }
    expect(await grantsOf()).toEqual([]);
  });

  it("with a name makes one grant of many requests", async () => {
    const Name = "terraform";
    const first = await grant({ Name });
    const again = await grant({ Name, Operations: ["Decrypt", "Encrypt"] });
    expect(again.GrantId).toBe(first.GrantId);
    expect(again.GrantToken).not.toBe(first.GrantToken);
    expect((await grant({ Name, Operations: ["Decrypt"] })).GrantId).not.toBe(first.GrantId);
    const unnamed = await grant();
    expect((await grant()).GrantId).not.toBe(unnamed.GrantId);
    const same = await Promise.all([1, 2, 3, 4].map(() => grant({ Name: "raced" })));
    expect(new Set(same.map(({ GrantId }) => GrantId)).size).toBe(1);
  });

  it("can hang on what is granted, to whom, and how", async () => {
    const giver = await fixture.createUser("giver");
    const Operations = ["Decrypt"] as const;
    const can = async (Condition: object, more: object = {}) => {
      await fixture.allow("giver", {
        Effect: "Allow",
        Action: "kms:CreateGrant",
        Resource: "*",
        Condition,
      });
      const input = { KeyId, GranteePrincipal: grantee.arn, Operations: [...Operations], ...more };
      return giver.kms.createGrant(input).then(
        () => true,
        () => false,
      );
    };
    const to = { StringEquals: { "kms:GranteePrincipal": grantee.arn } };
    expect(await can(to)).toBe(true);
    expect(await can(to, { GranteePrincipal: root })).toBe(false);
    const operations = { "ForAllValues:StringEquals": { "kms:GrantOperations": "Decrypt" } };
    expect(await can(operations)).toBe(true);
    expect(await can(operations, { Operations: ["Decrypt", "Encrypt"] })).toBe(false);
    const type = { StringEquals: { "kms:GrantConstraintType": "EncryptionContextEquals" } };
    expect(await can(type, { Constraints: { EncryptionContextEquals: { a: "b" } } })).toBe(true);
    expect(await can(type, { Constraints: { EncryptionContextSubset: { a: "b" } } })).toBe(false);
    expect(await can(type)).toBe(false);
    const retirer = { StringEquals: { "kms:RetiringPrincipal": root } };
    expect(await can(retirer, { RetiringPrincipal: root })).toBe(true);
    expect(await can(retirer)).toBe(false);
    expect(await can({ Bool: { "kms:GrantIsForAWSResource": "true" } })).toBe(false);
    expect(await can({ Bool: { "kms:GrantIsForAWSResource": "false" } })).toBe(true);
  });

  it("refuses who is nobody and what a symmetric key can't do", async () => {
    for (const GranteePrincipal of [
      "arn:aws:iam::123456789012:user/nobody",
      "dynamodb.us-east-1.amazonaws.com",
    ]) {
      const says = `InvalidArnException: ARN does not refer to a valid principal: ${GranteePrincipal}`;
      expect(await refusal(grant({ GranteePrincipal }))).toBe(says);
      expect(await refusal(grant({ RetiringPrincipal: GranteePrincipal }))).toBe(says);
    }
    expect(await refusal(grant({ Operations: ["Sign"] }))).toMatch(/^ValidationException/);
    expect(await refusal(grant({ Operations: [] }))).toMatch(/^ValidationException/);
    expect(await refusal(grant({ GrantTokens: ["made-up"] }))).toMatch(/^InvalidGrantToken/);
    expect(await refusal(grant({ DryRun: true }))).toMatch(/^DryRunOperationException/);
    expect(await grantsOf()).toEqual([]);
  });
});

describe("ListGrants", () => {
  it("shows what was granted, narrowed and page by page", async () => {
    const Constraints = { EncryptionContextSubset: { app: "weather" } };
    const { GrantId } = await grant({ Name: "one", RetiringPrincipal: root, Constraints });
    await grant({ GranteePrincipal: root });
    await grant({ GranteePrincipal: root });
    expect(await grantsOf({ GranteePrincipal: grantee.arn })).toEqual([
      {
        KeyId: arn,
        GrantId,
        Name: "one",
        CreationDate: expect.any(Date),
        GranteePrincipal: grantee.arn,
        RetiringPrincipal: root,
        IssuingAccount: root,
        Operations: ["Encrypt", "Decrypt"],
        Constraints,
      },
    ]);
    expect(await grantsOf({ GrantId })).toHaveLength(1);
    expect(await grantsOf({ GrantId: "0".repeat(64) })).toEqual([]);
    expect(await refusal(grantsOf({ GrantId: "short" }))).toMatch(/^InvalidGrantIdException/);
    const first = await kms.listGrants({ KeyId, Limit: 2 });
    const rest = await kms.listGrants({ KeyId, Limit: 2, Marker: first.NextMarker });
    expect([first.Truncated, rest.Truncated]).toEqual([true, false]);
    const ids = [...(first.Grants ?? []), ...(rest.Grants ?? [])].map((each) => each.GrantId);
    expect(new Set(ids).size).toBe(3);
  });

  it("shows to who may retire them the grants of all keys", async () => {
    const retirer = await fixture.createUser(`retirer-of-lists`);
    const { keyId } = await fixture.createKey();
    const RetiringPrincipal = retirer.arn;
    for (const key of [KeyId, keyId]) await grant({ KeyId: key, RetiringPrincipal });
    await grant({ RetiringPrincipal: root });
    const first = await kms.listRetirableGrants({ RetiringPrincipal, Limit: 1 });
    const Marker = first.NextMarker;
    const rest = await kms.listRetirableGrants({ RetiringPrincipal, Limit: 1, Marker });
    expect([first.Truncated, rest.Truncated]).toEqual([true, false]);
    const all = [...(first.Grants ?? []), ...(rest.Grants ?? [])];
    expect(all.map((each) => each.RetiringPrincipal)).toEqual([retirer.arn, retirer.arn]);
    expect(new Set(all.map((each) => each.KeyId)).size).toBe(2);
  });
});

describe("the end of a grant", () => {
  it("is its retiring principal's to bring about, by token or by id", async () => {
    const retirer = await fixture.createUser("retirer");
    const RetiringPrincipal = retirer.arn;
    const first = await grant({ RetiringPrincipal });
    const second = await grant({ RetiringPrincipal });
    const stranger = await fixture.createUser("stranger");
    const { GrantToken } = first;
    for (const user of [stranger, grantee]) {
      expect(await refusal(user.kms.retireGrant({ GrantToken }))).toMatch(
        /^AccessDeniedException: .*kms:RetireGrant/,
      );
    }
    expect(await refusal(retirer.kms.retireGrant({ GrantToken, DryRun: true }))).toMatch(
      /^DryRunOperationException/,
    );
    await retirer.kms.retireGrant({ GrantToken });
    await retirer.kms.retireGrant({ KeyId: arn, GrantId: second.GrantId });
    expect(await grantsOf()).toEqual([]);
    expect(await refusal(retirer.kms.retireGrant({ GrantToken }))).toMatch(/^NotFoundException/);
  });

  it("is the grantee's only with that operation, and the account's always", async () => {
    const { GrantId } = await grant({ Operations: ["Encrypt", "RetireGrant"] });
    await grantee.kms.retireGrant({ KeyId: arn, GrantId });
    const other = await grant();
    await kms.retireGrant({ KeyId: arn, GrantId: other.GrantId });
    expect(await grantsOf()).toEqual([]);
    const helper = await fixture.createUser("helper", {
      Effect: "Allow",
      Action: "kms:RetireGrant",
      Resource: "*",
    });
    const last = await grant();
    await helper.kms.retireGrant({ KeyId: arn, GrantId: last.GrantId });
  });

  it("asks for a grant that is there", async () => {
    const GrantId = "0".repeat(64);
    for (const asked of sideBySide([
      kms.revokeGrant({ KeyId, GrantId }),
      kms.retireGrant({ KeyId, GrantId }),
    ])) {
      expect(await refusal(asked)).toBe(`NotFoundException: Grant ID ${GrantId} not found`);
    }
    expect(await refusal(kms.revokeGrant({ KeyId, GrantId: "short" }))).toMatch(
      /^InvalidGrantIdException/,
    );
    expect(await refusal(kms.retireGrant({ GrantToken: "made-up" }))).toMatch(
      /^InvalidGrantTokenException/,
    );
    for (const input of [{}, { KeyId }, { GrantId }, { KeyId, GrantId, GrantToken: "t" }]) {
      expect(await refusal(kms.retireGrant(input))).toMatch(/^ValidationException/);
    }
    const there = await grant();
    const revoke = kms.revokeGrant({ KeyId, GrantId: there.GrantId, DryRun: true });
    expect(await refusal(revoke)).toMatch(/^DryRunOperationException/);
    expect(await grantsOf()).toHaveLength(1);
  });
});
