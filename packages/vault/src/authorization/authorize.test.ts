import { describe, expect, expectTypeOf, it } from "vitest";
import { authorize, Permit } from "./authorize.ts";
import { compilePolicy } from "./compile.ts";
import {
  account,
  allow,
  circumstances,
  deny,
  documentOf,
  identityPolicy,
  otherAccount,
  read,
  secret,
  session,
  user,
} from "./policies.fixture.ts";
import type { Resource } from "./types.ts";

interface Secret extends Resource {
  readonly name: string;
}

const db: Secret = { ...secret(), name: "prod/db" };

describe("a permit", () => {
  const permit = authorize(
    user([allow(read, "*")]),
    "secretsmanager:GetSecretValue",
    db,
    circumstances,
  );

  it("carries the action and the very record", () => {
    expect(permit.action).toBe("secretsmanager:GetSecretValue");
    expect(permit.resource).toBe(db);
    expectTypeOf(permit).toEqualTypeOf<Permit<"secretsmanager:GetSecretValue", Secret>>();
  });

  it("is made by authorize() alone", () => {
    // @ts-expect-error The proof is a symbol that no other module can name.
    expect(() => new Permit(Symbol("made by authorize()"), read, db)).toThrow(TypeError);
    const guess = Reflect.ownKeys(permit).find((name) => typeof name === "symbol");
    expect(guess).toBeUndefined();
    expect(() => Reflect.construct(Permit, [undefined, read, db])).toThrow(TypeError);
  });

  it("can't be forged by a look-alike", () => {
    const lookAlike = { action: "secretsmanager:GetSecretValue", resource: db } as const;
    // @ts-expect-error Private fields make the class nominal.
    const forged: Permit<"secretsmanager:GetSecretValue", Secret> = lookAlike;
    expect(forged).not.toBeInstanceOf(Permit);
    const dressed: unknown = Object.create(Permit.prototype);
    expect(() => (dressed as typeof permit).resource).toThrow(TypeError);
  });

  it("is good for its own action and kind of record only", () => {
    const reveal = (given: Permit<"secretsmanager:GetSecretValue", Secret>) => given.resource.name;
    const change = (given: Permit<"secretsmanager:PutSecretValue", Secret>) => given.action;
    const other = authorize(user([allow(read, "*")]), read, secret(), circumstances);
    expect(reveal(permit)).toBe("prod/db");
    // @ts-expect-error A permit to read is none to write.
    change(permit);
    // @ts-expect-error A permit for some resource is none for a secret.
    reveal(other);
  });
});

describe("AccessDenied speaks as AWS does", () => {
  const eve = user([allow("*", "*")], {
    arn: `arn:aws:iam::${otherAccount}:user/eve`,
    accountId: otherAccount,
  });
  const closed = compilePolicy(documentOf(deny("*", "*", { Principal: "*" })), "resource");
  const open = compilePolicy(
    documentOf(allow("*", "*", { Principal: { AWS: account } })),
    "resource",
  );
  const nothing = identityPolicy(allow("iam:GetUser", "*"));
  const forbidding = identityPolicy(deny("*", "*"));
  const key = secret({ arn: `arn:aws:kms:us-east-1:${account}:key/1`, isPolicyRequired: true });
  const iam = (path: string) => secret({ arn: `arn:aws:iam::${account}:${path}` });
  const ana = `User: arn:aws:iam::${account}:user/ana is not authorized to perform:`;
  const stranger = `User: arn:aws:iam::${otherAccount}:user/eve is not authorized to perform:`;
  const because = (action: string) =>
    `because no identity-based policy allows the ${action} action`;

  it.each([
    [user(), read, db, `${ana} ${read} on resource: ${db.arn} ${because(read)}`],
    [
      user(),
      read,
      { ...db, nameInDenials: "prod/db" },
      `${ana} ${read} on resource: prod/db ${because(read)}`,
    ],
    [user(), read, { ...db, nameInDenials: "" }, `${ana} ${read} ${because(read)}`],
    [
      session(),
      read,
      db,
      `User: ${session().arn} is not authorized to perform: ${read} on resource: ${db.arn} ${because(read)}`,
    ],
    [
      user([deny("*", "*")]),
      read,
      db,
      `${ana} ${read} on resource: ${db.arn} with an explicit deny in an identity-based policy`,
    ],
    [
      user([allow("*", "*")]),
      read,
      { ...db, policy: closed },
      `${ana} ${read} on resource: ${db.arn} with an explicit deny in a resource-based policy`,
    ],
    ...(
      [
        [{ boundary: nothing }, "because no permissions boundary allows the"],
        [{ sessionPolicies: [nothing] }, "because no session policy allows the"],
      ] as const
    ).flatMap(([bounds, why]) =>
      (
        [
          [read, db, db.arn],
          ["sts:AssumeRole", iam("role/web"), iam("role/web").arn],
        ] as const
      ).map(
        ([action, resource, arn]) =>
          [
            user([allow("*", "*")], bounds),
            action,
            { ...resource, policy: open },
            `${ana} ${action} on resource: ${arn} ${why} ${action} action`,
          ] as const,
      ),
    ),
    [
      user([], { boundary: forbidding }),
      read,
      db,
      `${ana} ${read} on resource: ${db.arn} with an explicit deny in a permissions boundary`,
    ],
    [
      user([], { sessionPolicies: [forbidding] }),
      read,
      db,
      `${ana} ${read} on resource: ${db.arn} with an explicit deny in a session policy`,
    ],
    [
      user([], { type: "WebIdentity", federatedProvider: "idp.example.com" }),
      "sts:AssumeRoleWithWebIdentity",
      iam("role/web"),
      "Not authorized to perform sts:AssumeRoleWithWebIdentity",
    ],
    [
      eve,
      read,
      db,
      `${stranger} ${read} on resource: ${db.arn} because no resource-based policy allows the ${read} action`,
    ],
    [
      user([allow("*", "*")]),
      "kms:Decrypt",
      key,
      `${ana} kms:Decrypt on resource: ${key.arn} because no resource-based policy allows the kms:Decrypt action`,
    ],
    [
      eve,
      "kms:Decrypt",
      key,
      `${stranger} kms:Decrypt on this resource because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`,
    ],
    [
      user(),
      "kms:Decrypt",
      { ...db, isNamedByCiphertext: true },
      `${ana} kms:Decrypt on the resource associated with this ciphertext ${because("kms:Decrypt")}`,
    ],
    [
      user(),
      "kms:Decrypt",
      { ...key, isNamedByCiphertext: true },
      `${ana} kms:Decrypt on the resource associated with this ciphertext because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`,
    ],
    [
      user(),
      "sts:AssumeRole",
      iam("role/x/web"),
      `${ana} sts:AssumeRole on resource: ${iam("role/x/web").arn}`,
    ],
    [
      user(),
      "sts:AssumeRole",
      { ...iam("role/web"), policy: closed },
      `${ana} sts:AssumeRole on resource: ${iam("role/web").arn} with an explicit deny in the role trust policy`,
    ],
    ...(
      [
        ["iam:GetUser", "user/x/bob", "user bob"],
        ["iam:AttachRolePolicy", "role/web", "role web"],
        ["iam:CreatePolicy", "policy/readers", "policy readers"],
        ["iam:GetPolicy", "policy/readers", `policy arn:aws:iam::${account}:policy/readers`],
        ["iam:ListPolicies", "policy/", "policy path /"],
        ["iam:CreateUser", "user/bob", `arn:aws:iam::${account}:user/bob`],
        ["iam:ListUsers", "user/", `arn:aws:iam::${account}:user/`],
        ["iam:PassRole", "role/web", `arn:aws:iam::${account}:role/web`],
      ] as const
    ).map(
      ([action, path, name]) =>
        [
          user(),
          action,
          iam(path),
          `${ana} ${action} on resource: ${name} ${because(action)}`,
        ] as const,
    ),
  ] as const)("%#", (principal, action, resource, message) => {
    expect(() => authorize(principal, action, resource, circumstances)).toThrow(
      expect.objectContaining({ code: "AccessDenied", message }),
    );
  });
});
