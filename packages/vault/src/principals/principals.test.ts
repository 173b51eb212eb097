import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decide } from "../authorization/authorize.ts";
import { Missing } from "../storage/storage.ts";
import {
  accountId,
  type OpenPrincipals,
  openPrincipals,
  policy,
  rootCredential,
} from "./principals.fixture.ts";
import { accessKeysTable, policiesTable, rowKey, usersTable } from "./records.ts";

let vault: OpenPrincipals;

beforeAll(async () => {
  vault = await openPrincipals();
});
afterAll(() => vault.close());

async function principalOf(accessKeyId: string) {
  return (await vault.principals.credential(accessKeyId))?.principal();
}

describe("credentials", () => {
  test("the account root's comes from the configuration", async () => {
    const credential = await vault.principals.credential(rootCredential.accessKeyId);
    expect(credential?.secretAccessKey).toBe(rootCredential.secretAccessKey);
    expect(await credential?.principal()).toMatchObject({
      type: "Root",
      arn: `arn:aws:iam::${accountId}:root`,
      principalId: accountId,
    });
  });

  test("an unknown key has none", async () => {
    expect(await vault.principals.credential("AKIAUNKNOWNUNKNOWNAA")).toBeUndefined();
  });

  test("a user's key speaks for the user, with the user's tags", async () => {
    const user = await vault.createUser("ana", { team: "weather" });
    const made = await vault.createAccessKey("ana");
    const credential = await vault.principals.credential(made.accessKey.accessKeyId);
    expect(credential?.secretAccessKey).toBe(made.secretAccessKey);
    expect(credential?.expiresAt).toBeUndefined();
    expect(await credential?.principal()).toMatchObject({
      type: "IAMUser",
      arn: `arn:aws:iam::${accountId}:user/ana`,
      principalId: user.uniqueId,
      userName: "ana",
      tags: { team: "weather" },
    });
  });

  test("the same key gives the same object until it changes", async () => {
    await vault.createUser("steady");
    const { accessKeyId } = (await vault.createAccessKey("steady")).accessKey;
    const before = await vault.principals.credential(accessKeyId);
    expect(await vault.principals.credential(accessKeyId)).toBe(before);

    const permit = vault.permit("iam:UpdateAccessKey", await vault.user("steady"));
    await vault.principals.users.accessKeys.updateStatus(permit, accessKeyId, "Inactive");
    const after = await vault.principals.credential(accessKeyId);
    expect(after).not.toBe(before);
    expect(after?.isActive).toBe(false);
    expect(after?.secretAccessKey).toBe(before?.secretAccessKey);
  });

  test("a deleted key is gone at the next request", async () => {
    await vault.createUser("brief");
    const { accessKeyId } = (await vault.createAccessKey("brief")).accessKey;
    expect(await vault.principals.credential(accessKeyId)).toBeDefined();
    const permit = vault.permit("iam:DeleteAccessKey", await vault.user("brief"));
    await vault.principals.users.accessKeys.delete(permit, accessKeyId);
    expect(await vault.principals.credential(accessKeyId)).toBeUndefined();
  });

  test("a key speaks for nobody once its user is gone, and not for a later namesake", async () => {
    await vault.createUser("ghost");
    const { accessKeyId } = (await vault.createAccessKey("ghost")).accessKey;
    // IAM refuses to delete a user that has keys; a damaged database might not.
    const key = rowKey(accountId, "ghost");
    await vault.storage.commit([{ type: "delete", table: usersTable, key }]);
    expect(await principalOf(accessKeyId)).toBeUndefined();
    await vault.createUser("ghost");
    expect(await principalOf(accessKeyId)).toBeUndefined();
  });

  test("a secret that was moved to another key's row doesn't open", async () => {
    await vault.createUser("mallory");
    await vault.createUser("victim");
    const theirs = (await vault.createAccessKey("victim")).accessKey.accessKeyId;
    const own = (await vault.createAccessKey("mallory")).accessKey.accessKeyId;
    const [victim, attacker] = await vault.storage.getMany(accessKeysTable, [theirs, own]);
    if (victim === undefined || attacker === undefined) throw new Error("the keys are stored");
    await vault.storage.commit([
      {
        type: "put",
        table: accessKeysTable,
        key: theirs,
        body: victim.body,
        sealed: attacker.sealed,
      },
    ]);
    const asked = async () => vault.principals.credential(theirs);
    await expect(asked()).rejects.toThrow("did not open");
  });

  test("no secret lies in the clear in the stored row, nor in what is printed", async () => {
    await vault.createUser("sealed");
    const made = await vault.createAccessKey("sealed");
    const row = await vault.storage.get(accessKeysTable, made.accessKey.accessKeyId);
    const stored = JSON.stringify(row?.body) + Buffer.from(row?.sealed ?? []).toString("latin1");
    expect(stored).not.toContain(made.secretAccessKey);
    const credential = await vault.principals.credential(made.accessKey.accessKeyId);
    expect(inspect(credential, { showHidden: true })).not.toContain(made.secretAccessKey);
  });
});

describe("policies take effect at once", () => {
  const circumstances = {
    now: 0,
    sourceAddress: "192.0.2.1",
    isSecureTransport: true,
    region: "us-east-1",
    userAgent: "",
  };
  const resource = {
    arn: `arn:aws:ssm:us-east-1:${accountId}:parameter/a`,
    accountId,
    tags: {},
  };

  async function mayRead(accessKeyId: string): Promise<boolean> {
    const principal = await principalOf(accessKeyId);
    if (principal === undefined) throw new Error("the user is there");
    return decide(principal, "ssm:GetParameter", resource, circumstances).isAllowed;
  }

  test("inline ones", async () => {
    await vault.createUser("inline");
    const { accessKeyId } = (await vault.createAccessKey("inline")).accessKey;
    const { inlinePolicies } = vault.principals.users;
    expect(await mayRead(accessKeyId)).toBe(false);
    const put = vault.permit("iam:PutUserPolicy", await vault.user("inline"));
    await inlinePolicies.put(put, { name: "read", document: policy("ssm:GetParameter") });
    expect(await mayRead(accessKeyId)).toBe(true);
    const remove = vault.permit("iam:DeleteUserPolicy", await vault.user("inline"));
    await inlinePolicies.delete(remove, "read");
    expect(await mayRead(accessKeyId)).toBe(false);
  });

  test("attached ones, the customer's and AWS's", async () => {
    await vault.createUser("attached");
    const { accessKeyId } = (await vault.createAccessKey("attached")).accessKey;
    const { policies, users } = vault.principals;
    const planned = policies.planned(accountId, "/team/", "read");
    await policies.create(vault.permit("iam:CreatePolicy", planned), {
      description: undefined,
      document: policy("ssm:GetParameter"),
      tags: [],
    });
    for (const arn of [planned.arn, "arn:aws:iam::aws:policy/AmazonSSMReadOnlyAccess"]) {
      const attach = vault.permit("iam:AttachUserPolicy", await vault.user("attached"));
      await users.attachments.attach(attach, arn);
      expect(await mayRead(accessKeyId)).toBe(true);
      const detach = vault.permit("iam:DetachUserPolicy", await vault.user("attached"));
      await users.attachments.detach(detach, arn);
      expect(await mayRead(accessKeyId)).toBe(false);
    }
  });

  test("a policy that goes while its user is looked up is not missing", async () => {
    await vault.createUser("hasty");
    const { accessKeyId } = (await vault.createAccessKey("hasty")).accessKey;
    const { policies, users } = vault.principals;
    const planned = policies.planned(accountId, "/", "short-lived");
    await policies.create(vault.permit("iam:CreatePolicy", planned), {
      description: undefined,
      document: policy("ssm:*"),
      tags: [],
    });
    const attach = vault.permit("iam:AttachUserPolicy", await vault.user("hasty"));
    await users.attachments.attach(attach, planned.arn);
    const { storage } = vault;
    const getMany = storage.getMany.bind(storage);
    let isGone = false;
    storage.getMany = async (table, keys) => {
      if (table.name === policiesTable.name && !isGone) {
        isGone = true;
        const detach = vault.permit("iam:DetachUserPolicy", await vault.user("hasty"));
        await users.attachments.detach(detach, planned.arn);
        const located = await policies.locate(accountId, planned.arn);
        await policies.delete(vault.permit("iam:DeletePolicy", located));
      }
      return getMany(table, keys);
    };
    try {
      expect(await principalOf(accessKeyId)).toMatchObject({ userName: "hasty", policies: [] });
      expect(isGone).toBe(true);
    } finally {
      storage.getMany = getMany;
    }
  });

  test("an attached policy that is missing stops its user: it could have been a Deny", async () => {
    await vault.createUser("damaged");
    const { accessKeyId } = (await vault.createAccessKey("damaged")).accessKey;
    const { policies, users } = vault.principals;
    const planned = policies.planned(accountId, "/", "lost");
    await policies.create(vault.permit("iam:CreatePolicy", planned), {
      description: undefined,
      document: policy("ssm:*"),
      tags: [],
    });
    const attach = vault.permit("iam:AttachUserPolicy", await vault.user("damaged"));
    await users.attachments.attach(attach, planned.arn);
    await vault.storage.commit([
      { type: "delete", table: policiesTable, key: rowKey(accountId, "lost") },
    ]);
    await expect(principalOf(accessKeyId)).rejects.toThrow(Missing);
  });
});
