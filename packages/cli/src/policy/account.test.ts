import { expect, test } from "vitest";
import { accountWith, roleOf } from "./account.fixture.ts";
import { accountOf } from "./account.ts";

const readAll = { Effect: "Allow", Action: "ssm:Get*", Resource: "*" } as const;

test("a role has its inline policies, the default versions of its managed ones, and its boundary", () => {
  const edge = "arn:aws:iam::123456789012:policy/edge";
  const shared = "arn:aws:iam::123456789012:policy/shared";
  const account = accountWith(
    [
      {
        name: "web",
        inline: { own: [readAll] },
        attached: [shared],
        boundary: edge,
        tags: { a: "b" },
      },
    ],
    { [edge]: [readAll], [shared]: [{ ...readAll, Action: "ssm:*" }] },
  );
  const { policies, boundary, tags, id } = roleOf(account, "web");
  expect(policies.map(({ name }) => name)).toEqual(["inline policy own of role web", shared]);
  expect(policies[1]?.document).toContain('"ssm:*"');
  expect(boundary?.name).toBe(edge);
  expect([tags, id]).toEqual([{ a: "b" }, "AROAWEB"]);
});

test("a user has its groups' policies, in whatever page they come", () => {
  const arn = "arn:aws:iam::123456789012:user/ana";
  const account = accountOf([
    { UserDetailList: [{ UserName: "ana", Arn: arn, UserId: "AIDAANA", GroupList: ["ops"] }] },
    {
      GroupDetailList: [
        {
          GroupName: "ops",
          GroupPolicyList: [{ PolicyName: "p", PolicyDocument: "%7B%7D" }],
          AttachedManagedPolicies: [{ PolicyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess" }],
        },
      ],
    },
  ]);
  const policies = account.entity(arn)?.policies ?? [];
  expect(policies.map(({ name, document }) => [name, document])).toEqual([
    ["inline policy p of group ops", "{}"],
    // Its document is not in the reply: whoever judges it says so.
    ["arn:aws:iam::aws:policy/ReadOnlyAccess", ""],
  ]);
  expect(policies.every(({ holder }) => holder.type === "group")).toBe(true);
});

test("tags of resources are asked for only where a policy speaks of them", () => {
  const byTag = { ...readAll, Condition: { StringEquals: { "aws:ResourceTag/team": "a" } } };
  expect(accountWith([{ name: "web", inline: { own: [readAll] } }]).asksForTags).toBe(false);
  expect(accountWith([{ name: "web", inline: { own: [byTag] } }]).asksForTags).toBe(true);
});
