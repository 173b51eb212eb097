import { compilePolicy } from "@claviger/vault/authorization";
import { describe, expect, test } from "vitest";
import type { Statement } from "./document.ts";
import { tracedServices } from "./event-needs.ts";
import { narrowPolicy, type Use } from "./narrow.ts";
import { unusedGrants } from "./unused.ts";

const arn = (name: string) => `arn:aws:ssm:us-east-1:123456789012:parameter/${name}`;
const secret = "arn:aws:secretsmanager:us-east-1:123456789012:secret:x-AbCdEf";

function narrowed(statement: Statement, uses: readonly Use[], accessed?: ReadonlySet<string>) {
  const document = { Version: "2012-10-17", Statement: [statement] };
  const known = { traced: tracedServices, accessed };
  const result = narrowPolicy(document, () => uses, known);
  const unused = unusedGrants(document, result).map(({ grant, used }) =>
    [grant, ...used].join(" < "),
  );
  return { statements: result.document.Statement, unused };
}

describe("what is left of a statement", () => {
  test("are the actions and resources that were used, its condition and its Sid", () => {
    const Condition = { Bool: { "aws:SecureTransport": "true" } };
    const { statements, unused } = narrowed(
      {
        Sid: "All",
        Effect: "Allow",
        Action: ["ssm:Get*", "ssm:PutParameter"],
        Resource: "*",
        Condition,
      },
      [
        { action: "ssm:GetParameter", resource: arn("b") },
        { action: "ssm:GetParameters", resource: arn("a") },
        { action: "ssm:GetParameter", resource: arn("a") },
      ],
    );
    expect(statements).toEqual([
      {
        Sid: "All",
        Effect: "Allow",
        Action: ["ssm:GetParameter", "ssm:GetParameters"],
        Resource: [arn("a"), arn("b")],
        Condition,
      },
    ]);
    expect(unused).toEqual([
      "ssm:Get* < ssm:GetParameter < ssm:GetParameters",
      "ssm:PutParameter",
      `* < ${arn("a")} < ${arn("b")}`,
    ]);
  });

  test("is all of it where all was used", () => {
    const statement = { Effect: "Allow", Action: "ssm:GetParameter", Resource: arn("a") } as const;
    const { statements, unused } = narrowed(statement, [
      { action: "ssm:GetParameter", resource: arn("a") },
    ]);
    expect([statements, unused]).toEqual([[statement], []]);
  });

  test("is nothing where nothing was, and a policy of Deny statements alone is none", () => {
    const statement = { Effect: "Allow", Action: "ssm:*", Resource: "*" } as const;
    expect(narrowed(statement, [])).toEqual({ statements: [], unused: ["all of it"] });
    const deny = { Effect: "Deny", Action: "ssm:DeleteParameter", Resource: "*" } as const;
    const document = { Version: "2012-10-17", Statement: [statement, deny] };
    const known = { traced: tracedServices, accessed: undefined };
    expect(narrowPolicy(document, () => [], known).document.Statement).toEqual([]);
    const used = [{ action: "ssm:GetParameter", resource: arn("a") }];
    const kept = narrowPolicy(document, (index) => (index === 0 ? used : []), known);
    expect(kept.document.Statement[1]).toBe(deny);
  });

  test("keeps lists of everything apart from what was used by name", () => {
    const { statements } = narrowed(
      { Sid: "S", Effect: "Allow", Action: "secretsmanager:*", Resource: "*" },
      [
        { action: "secretsmanager:ListSecrets", resource: "*" },
        { action: "secretsmanager:GetSecretValue", resource: secret },
      ],
    );
    expect(statements).toEqual([
      { Sid: "S", Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: secret },
      { Effect: "Allow", Action: "secretsmanager:ListSecrets", Resource: "*" },
    ]);
  });

  test("keeps its resources where the trail doesn't tell, has variables, or are too many", () => {
    const statement = { Effect: "Allow", Action: "iam:GetRole", Resource: "*" } as const;
    expect(
      narrowed(statement, [{ action: "iam:GetRole", resource: undefined }]).statements,
    ).toEqual([statement]);
    const own = {
      Effect: "Allow",
      Action: "ssm:GetParameter",
      Resource: arn("${aws:username}/*"),
    } as const;
    expect(
      narrowed(own, [{ action: "ssm:GetParameter", resource: arn("ana/x") }]).statements,
    ).toEqual([own]);
    const wide = { Effect: "Allow", Action: "ssm:GetParameter", Resource: arn("*") } as const;
    const many = Array.from({ length: 21 }, (_, at) => ({
      action: "ssm:GetParameter",
      resource: arn(`${at}`),
    }));
    expect(narrowed(wide, many).statements).toEqual([wide]);
  });

  test("of NotAction and NotResource are the used ones by name", () => {
    const { statements, unused } = narrowed(
      { Effect: "Allow", NotAction: "iam:*", NotResource: arn("a") },
      [{ action: "ssm:GetParameter", resource: arn("b") }],
      new Set(["ssm"]),
    );
    expect(statements).toEqual([
      { Effect: "Allow", Action: "ssm:GetParameter", Resource: arn("b") },
    ]);
    expect(unused).toHaveLength(2);
  });
});

describe("services that the trail doesn't show", () => {
  const used = [{ action: "ssm:GetParameter", resource: arn("a") }];

  test("stay where nobody knows whether they were used", () => {
    const admin = { Effect: "Allow", Action: "*", Resource: "*" } as const;
    expect(narrowed(admin, used).statements).toEqual([admin]);
    const { statements } = narrowed(
      { Effect: "Allow", Action: ["s3:*", "ssm:*"], Resource: "*" },
      used,
    );
    expect(statements[0]).toMatchObject({ Action: "s3:*", Resource: "*" });
    expect(statements[1]).toMatchObject({ Action: "ssm:GetParameter", Resource: arn("a") });
  });

  test("go where last-accessed data has no use of them, and stay whole where it has", () => {
    const admin = { Effect: "Allow", Action: "*", Resource: "*" } as const;
    expect(narrowed(admin, used, new Set(["ssm"])).statements).toEqual([
      { Effect: "Allow", Action: "ssm:GetParameter", Resource: arn("a") },
    ]);
    expect(narrowed(admin, used, new Set(["ssm", "s3"])).statements[0]).toEqual({
      Effect: "Allow",
      Action: "s3:*",
      Resource: "*",
    });
    const buckets = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" } as const;
    expect(narrowed(buckets, [], new Set()).unused).toEqual(["all of it"]);
  });
});

test("IAM takes what is left", () => {
  const { statements } = narrowed(
    { Sid: "All", Effect: "Allow", Action: "*", Resource: "*" },
    [
      { action: "ssm:GetParameter", resource: arn("a") },
      { action: "secretsmanager:ListSecrets", resource: "*" },
    ],
    new Set(["s3"]),
  );
  const text = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  expect(() => compilePolicy(text, "identity")).not.toThrow();
});
