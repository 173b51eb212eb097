import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StatementTrace, Trace } from "../authorization/explain.ts";
import { systemRandomness } from "../clock.ts";
import type { Storage } from "../storage/storage.ts";
import { AuthorizationMessages } from "./authorization-messages.ts";
import { openTestStorage, testRootKey } from "./keys.fixture.ts";
import { SealedKeys } from "./ring/sealed-keys.ts";

let storage: Storage;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ storage, close } = await openTestStorage());
});
afterAll(() => close());

/** As another node, or the same one after a restart, has them. */
const start = () =>
  new AuthorizationMessages(new SealedKeys(storage, testRootKey, systemRandomness));

const account = "123456789012";
const position = { line: 1, column: 1 };

function statement(index: number, changes: Partial<StatementTrace> = {}): StatementTrace {
  return {
    index,
    sid: `s${index}`,
    effect: "Allow",
    outcome: "other-action",
    written: { Action: ["ssm:*"], Resource: ["*"] },
    start: position,
    end: position,
    ...changes,
  };
}

function traceOf(statements: readonly StatementTrace[], changes: Partial<Trace> = {}): Trace {
  return {
    isAllowed: false,
    reason: "no-identity-policy",
    principal: {
      arn: `arn:aws:iam::${account}:user/ana`,
      accountId: account,
      principalId: "AIDAEXAMPLEANA",
    },
    action: "secretsmanager:GetSecretValue",
    resource: `arn:aws:secretsmanager:us-east-1:${account}:secret:prod/db-AbCdEf`,
    resourceAccountId: account,
    policies: [{ name: "inline policy reading of user ana", kind: "identity", statements }],
    ...changes,
  };
}

async function roundTripped(trace: Trace) {
  const message = await start().decode(await start().encode(trace));
  if (message === undefined) throw new Error("did not open");
  return message;
}

describe("an encoded authorization message", () => {
  test("opens on any node and says whose principal was denied", async () => {
    const trace = traceOf([statement(0)]);
    expect(await roundTripped(trace)).toMatchObject({
      accountId: account,
      trace: { ...trace, statementsLeftOut: 0 },
    });
  });

  test("says in AWS's form what denied and what was asked for", async () => {
    const conditions = [
      {
        operator: "StringEquals",
        key: "aws:PrincipalTag/team",
        expected: ["blue"],
        actual: ["blue"],
        holds: true,
      },
      { operator: "Null", key: "aws:username", expected: ["true"], actual: undefined, holds: true },
    ];
    const trace = traceOf(
      [
        statement(0, { outcome: "applies" }),
        statement(1, { outcome: "applies", effect: "Deny", conditions }),
      ],
      { reason: "explicit-deny-in-identity-policy" },
    );
    const { text, trace: told } = await roundTripped(trace);
    const items = (list: readonly unknown[]) => ({ items: list });
    const values = (...list: string[]) => items(list.map((value) => ({ value })));
    expect(JSON.parse(text)).toEqual({
      allowed: false,
      explicitDeny: true,
      matchedStatements: items([
        {
          statementId: "s1",
          effect: "DENY",
          principals: values("AIDAEXAMPLEANA"),
          principalGroups: items([]),
          actions: values("ssm:*"),
          resources: values("*"),
          conditions: items([
            { key: "aws:PrincipalTag/team", values: values("blue") },
            { key: "aws:username", values: values("true") },
          ]),
        },
      ]),
      failures: items([]),
      context: {
        principal: { id: "AIDAEXAMPLEANA", arn: `arn:aws:iam::${account}:user/ana` },
        action: "secretsmanager:GetSecretValue",
        resource: trace.resource,
        conditions: items([{ key: "aws:PrincipalTag/team", values: values("blue") }]),
      },
      trace: told,
    });
  });

  test("is at most 4096 characters, keeps what says most and counts the rest", async () => {
    // Ids that don't compress, as those of real policies hardly do.
    const unique = () => systemRandomness.uuid().repeat(5);
    const many = Array.from({ length: 200 }, (_, index) =>
      statement(index, { written: { Action: [`ssm:${unique()}`], Resource: [unique()] } }),
    );
    const deciding = statement(200, { outcome: "applies", effect: "Deny" });
    const trace = traceOf([...many, deciding]);
    expect((await start().encode(trace)).length).toBeLessThanOrEqual(4096);
    const { statements = [] } = (await roundTripped(trace)).trace.policies[0] ?? {};
    expect(statements.at(-1)).toEqual(deciding);
    expect(statements.length).toBeGreaterThan(5);
    expect((await roundTripped(trace)).trace.statementsLeftOut).toBe(201 - statements.length);
  });

  test("cuts what is long, and shows that it did", async () => {
    const written = { Action: ["x".repeat(300)], Resource: Array(20).fill("*") };
    const { trace } = await roundTripped(traceOf([statement(0, { written })]));
    const [{ written: told } = { written: {} }] = trace.policies[0]?.statements ?? [];
    expect(told).toEqual({
      Action: [`${"x".repeat(256)}…`],
      Resource: [...Array(8).fill("*"), "…"],
    });
  });

  test("tells nothing of the policy of another account's resource", async () => {
    const secretive = statement(0, {
      conditions: [
        {
          operator: "StringEquals",
          key: "sts:ExternalId",
          expected: ["external-id-of-the-owner"],
          actual: undefined,
          holds: false,
        },
      ],
    });
    const trace = traceOf([statement(0)], {
      reason: "explicit-deny-in-resource-policy",
      resourceAccountId: "210987654321",
    });
    const { text, trace: told } = await roundTripped({
      ...trace,
      policies: [
        ...trace.policies,
        { name: "the trust policy", kind: "resource", statements: [secretive] },
      ],
    });
    expect(text).not.toContain("external-id-of-the-owner");
    expect(told.reason).toBe("no-resource-policy");
    expect(told.policies.map(({ kind }) => kind)).toEqual(["identity"]);
    expect(told.statementsLeftOut).toBe(0);
  });

  test("has not one bit that can be changed, nothing added or cut off", async () => {
    const messages = start();
    const text = await messages.encode(traceOf([statement(0)]));
    const bytes = Buffer.from(text, "base64url");
    for (let at = 0; at < bytes.length; at++) {
      const forged = Buffer.from(bytes);
      forged[at] = (forged[at] ?? 0) ^ (1 << (at % 8));
      expect(await messages.decode(forged.toString("base64url"))).toBeUndefined();
    }
    for (const other of [
      "",
      "x",
      `${text}A`,
      `${text}=`,
      ` ${text}`,
      text.slice(4),
      text.slice(0, -4),
    ]) {
      expect(await messages.decode(other)).toBeUndefined();
    }
    expect(await messages.decode("A".repeat(100_000))).toBeUndefined();
  });
});
