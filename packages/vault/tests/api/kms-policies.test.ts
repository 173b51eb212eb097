/** Key policies, over HTTP: who is let in, who is kept out, and that nobody is locked out. */
import type { KMS } from "@aws-sdk/client-kms";
import { beforeAll, describe, expect, it } from "vitest";
import { type KmsFixture, keyPolicy, Plaintext, startKms, unknownId } from "./kms.fixture.ts";
import { refusal, sideBySide } from "./refusal.fixture.ts";

const started = startKms();
let fixture: KmsFixture;
let kms: KMS;

beforeAll(() => {
  fixture = started();
  ({ kms } = fixture);
});

const account = "123456789012";
const lockedOut =
  "MalformedPolicyDocumentException: The new key policy will not allow you to update the key policy in the future.";
const strangers =
  "MalformedPolicyDocumentException: Policy contains a statement with one or more invalid principals.";

const invalidArn = "InvalidArnException: An ARN in the specified key policy is invalid.";

const letting = (AWS: string, Action: string | string[] = "kms:*", more: object = {}) => ({
  Effect: "Allow",
  Principal: { AWS },
  Action,
  Resource: "*",
  ...more,
});

const document = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });

describe("a key policy", () => {
  it("is AWS's default until another is put, and comes back in KMS's layout", async () => {
    const { keyId: KeyId } = await fixture.createKey();
    const first = await kms.getKeyPolicy({ KeyId });
    expect(first.PolicyName).toBe("default");
    expect(JSON.parse(first.Policy ?? "")).toEqual({
      Version: "2012-10-17",
      Id: "key-default-1",
      Statement: [
        {
          Sid: "Enable IAM User Permissions",
          Effect: "Allow",
          Principal: { AWS: `arn:aws:iam::${account}:root` },
          Action: "kms:*",
          Resource: "*",
        },
      ],
    });
    const Policy = keyPolicy(letting(account, "kms:DescribeKey"));
    await kms.putKeyPolicy({ KeyId, Policy, PolicyName: "default" });
    const shown = (await kms.getKeyPolicy({ KeyId })).Policy ?? "";
    expect(JSON.parse(shown)).toEqual(JSON.parse(Policy));
    expect(shown).toMatch(/^\{\n {2}"Version" : "2012-10-17",\n {2}"Statement" : \[ \{\n/);
    expect(await kms.listKeyPolicies({ KeyId })).toMatchObject({
      PolicyNames: ["default"],
      Truncated: false,
    });
    const PolicyName = "other";
    for (const asked of sideBySide([
      kms.getKeyPolicy({ KeyId, PolicyName }),
      kms.putKeyPolicy({ KeyId, Policy, PolicyName }),
    ])) {
      expect(await refusal(asked)).toBe("NotFoundException: No such policy exists");
    }
  });

  it("comes with a new key, as Terraform's aws_kms_key has it", async () => {
    const Policy = keyPolicy();
    const { keyId: KeyId } = await fixture.createKey({ Policy });
    const shown = (await kms.getKeyPolicy({ KeyId })).Policy ?? "";
    expect(JSON.parse(shown)).toEqual(JSON.parse(Policy));
    const keys = async () => (await kms.listKeys({ Limit: 1000 })).Keys?.length;
    const before = await keys();
    const bad = document(letting(`arn:aws:iam::${account}:user/nobody`));
    expect(await refusal(kms.createKey({ Policy: bad }))).toBe(strangers);
    expect(await keys()).toBe(before);
  });

  it("lets a user in that no policy of IAM's does, and with a condition", async () => {
    const friend = await fixture.createUser("friend");
    const { keyId: KeyId } = await fixture.createKey();
    const encrypt = (EncryptionContext = {}) =>
      friend.kms.encrypt({ KeyId, Plaintext, EncryptionContext });
    expect(await refusal(encrypt())).toMatch(/^AccessDeniedException/);
    const Condition = { StringEquals: { "kms:EncryptionContext:app": "weather" } };
    const Policy = keyPolicy(letting(friend.arn, "kms:Encrypt", { Condition }));
    await kms.putKeyPolicy({ KeyId, Policy });
    await encrypt({ app: "weather" });
    expect(await refusal(encrypt())).toMatch(/^AccessDeniedException/);
  });

  it("that doesn't leave it to the account makes IAM's policies count for nothing", async () => {
    const admin = await fixture.createUser("admin", {
      Effect: "Allow",
      Action: "kms:*",
      Resource: "*",
    });
    const { keyId: KeyId } = await fixture.createKey();
    const Policy = document(
      letting(`arn:aws:iam::${account}:root`, "kms:*", {
        Condition: { StringEquals: { "aws:PrincipalType": "Account" } },
      }),
      letting(admin.arn, "kms:PutKeyPolicy"),
    );
    await admin.kms.encrypt({ KeyId, Plaintext });
    await kms.putKeyPolicy({ KeyId, Policy, BypassPolicyLockoutSafetyCheck: true });
    expect(await refusal(admin.kms.encrypt({ KeyId, Plaintext }))).toMatch(
      /because no resource-based policy allows the kms:Encrypt action$/,
    );
    await admin.kms.putKeyPolicy({ KeyId, Policy: keyPolicy() });
    await admin.kms.encrypt({ KeyId, Plaintext });
  });

  it("can't lock its own writer out by mistake, only on purpose", async () => {
    const admin = await fixture.createUser("careful", {
      Effect: "Allow",
      Action: "kms:*",
      Resource: "*",
    });
    const other = await fixture.createUser("other");
    const { keyId: KeyId } = await fixture.createKey();
    const Policy = document(letting(other.arn));
    expect(await refusal(admin.kms.putKeyPolicy({ KeyId, Policy }))).toBe(lockedOut);
    expect(await refusal(admin.kms.createKey({ Policy }))).toBe(lockedOut);
    const BypassPolicyLockoutSafetyCheck = true;
    await admin.kms.putKeyPolicy({ KeyId, Policy, BypassPolicyLockoutSafetyCheck });
    expect(await refusal(admin.kms.putKeyPolicy({ KeyId, Policy }))).toMatch(/^AccessDenied/);

    const { keyId } = await fixture.createKey();
    const Condition = { Bool: { "kms:BypassPolicyLockoutSafetyCheck": "true" } };
    const unlessBypassing = [
      { Effect: "Allow", Action: "kms:*", Resource: "*" },
      { Effect: "Deny", Action: "kms:PutKeyPolicy", Resource: "*", Condition },
    ];
    await fixture.allow("careful", ...unlessBypassing);
    await admin.kms.putKeyPolicy({ KeyId: keyId, Policy: keyPolicy() });
    expect(
      await refusal(
        admin.kms.putKeyPolicy({ KeyId: keyId, Policy, BypassPolicyLockoutSafetyCheck }),
      ),
    ).toMatch(/with an explicit deny in an identity-based policy$/);
  });

  it.each([
    ["{", /^MalformedPolicyDocumentException/],
    ["{}", /^MalformedPolicyDocumentException/],
    [document({ ...letting(account), Action: "kms:" }), /^MalformedPolicyDocumentException/],
    [document({ ...letting(account), Condition: { Nope: { a: "b" } } }), /^MalformedPolicy/],
    [document({ ...letting(account), Principal: undefined }), strangers],
    [document(letting("nobody")), strangers],
    [document(letting(`arn:aws:iam::${account}:role/none`)), strangers],
    [document(letting(`arn:aws:${account}:root`)), strangers],
    [document(letting("arn:aws:iam:::root")), invalidArn],
    [document(letting(`arn:aws:iam::${account}:group/admins`)), invalidArn],
    [keyPolicy(letting(account, "kms:*", { Sid: "s".repeat(32_768) })), /^LimitExceededException/],
  ])("is refused where it can't be meant: %.60s", async (Policy, says) => {
    const refused = await refusal(kms.putKeyPolicy({ KeyId: fixture.keyId, Policy }));
    if (typeof says === "string") expect(refused).toBe(says);
    else expect(refused).toMatch(says);
  });

  it("means who had the name when it was written", async () => {
    const { keyId: KeyId } = await fixture.createKey();
    const first = await fixture.createUser("recreated");
    await kms.putKeyPolicy({ KeyId, Policy: keyPolicy(letting(first.arn, "kms:Encrypt")) });
    await first.kms.encrypt({ KeyId, Plaintext });
    await fixture.deleteUser("recreated", first.accessKeyId);
    const second = await fixture.createUser("recreated");
    expect(second.arn).toBe(first.arn);
    expect(await refusal(second.kms.encrypt({ KeyId, Plaintext }))).toMatch(/^AccessDenied/);
    const { Policy } = await kms.getKeyPolicy({ KeyId });
    const shown = JSON.parse(Policy ?? "");
    expect(shown).toEqual(JSON.parse(keyPolicy(letting(first.id, "kms:Encrypt"))));
    expect(await refusal(kms.putKeyPolicy({ KeyId, Policy: Policy ?? "" }))).toBe(strangers);
  });
});

describe("another account's key", () => {
  it("that isn't there is refused as one that is: by a denial", async () => {
    const KeyId = `arn:aws:kms:us-east-1:210987654321:key/${unknownId}`;
    for (const asked of sideBySide([
      kms.encrypt({ KeyId, Plaintext }),
      kms.disableKey({ KeyId }),
      kms.putKeyPolicy({ KeyId, Policy: "{}" }),
      kms.createGrant({
        KeyId,
        GranteePrincipal: `arn:aws:iam::${account}:root`,
        Operations: ["Decrypt"],
      }),
    ])) {
      expect(await refusal(asked)).toMatch(
        /^AccessDeniedException: .*because the resource does not exist in this Region/,
      );
    }
  });
});
