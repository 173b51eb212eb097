import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accountId, type OpenPrincipals, openPrincipals, policy } from "../principals.fixture.ts";
import { openSession } from "./opened-session.ts";
import type { SessionContext } from "./session.ts";
import { packContext, unpackContext } from "./session-context.ts";

let vault: OpenPrincipals;

beforeAll(async () => {
  vault = await openPrincipals();
  await vault.createRole("tagged");
});
afterAll(() => vault.close());

const tags = fc.dictionary(fc.stringMatching(/^[\w.:/=+@-]{1,16}$/), fc.string({ maxLength: 16 }), {
  maxKeys: 8,
});

const context: fc.Arbitrary<SessionContext> = fc.record(
  {
    policy: fc.constantFrom(policy("ssm:GetParameter"), policy("*")),
    policyArns: fc.array(fc.constant("arn:aws:iam::aws:policy/ReadOnlyAccess"), { maxLength: 2 }),
    tags,
    transitiveTagKeys: fc.array(fc.string({ maxLength: 16 }), { maxLength: 4 }),
    sourceIdentity: fc.string({ minLength: 2, maxLength: 64 }),
  },
  { requiredKeys: [] },
);

test("what is packed comes out as it went in", () => {
  fc.assert(
    fc.property(context, (given) => {
      expect(unpackContext(packContext(given).packed)).toEqual(given);
    }),
  );
});

test("only policies and tags have a size, of at most a hundred per cent", () => {
  expect(packContext({}).percent).toBeUndefined();
  expect(packContext({ sourceIdentity: "ana" }).percent).toBeUndefined();
  fc.assert(
    fc.property(context, (given) => {
      const { percent } = packContext(given);
      const isCounted = [given.policy, given.policyArns, given.tags].some(Boolean);
      expect(percent !== undefined).toBe(isCounted);
      if (percent !== undefined) expect(percent).toBeGreaterThan(0);
      expect(percent ?? 0).toBeLessThanOrEqual(100);
    }),
  );
});

test("what is larger is refused, however well it is meant", () => {
  const many = Object.fromEntries(
    Array.from({ length: 50 }, (_, at) => [`${Math.sin(at)}`, `${Math.cos(at)}`.repeat(8)]),
  );
  expect(() => packContext({ tags: many })).toThrow(/^Packed size of session tags consumes \d+%/);
  expect(() => packContext({ tags: many, policy: policy("*") })).toThrow(/^Packed policy consumes/);
});

test("a session's tags beat its role's, as a naive merge by folded key has it", () => {
  fc.assert(
    fc.property(tags, tags, (ofRole, ofSession) => {
      const { tagsOver } = openSession({
        accountId,
        holder: { type: "role", name: "r", id: "AROA", sessionName: "s" },
        accessKeyId: "",
        secretAccessKey: "",
        issuedAt: 0,
        expiresAt: 0,
        context: { tags: ofSession },
      });
      const kept = Object.entries(ofRole).filter(
        ([key]) => !Object.keys(ofSession).some((own) => own.toLowerCase() === key.toLowerCase()),
      );
      // Not by assignment: a tag's key may be `__proto__`.
      expect(tagsOver(ofRole)).toEqual(Object.fromEntries([...kept, ...Object.entries(ofSession)]));
    }),
  );
});

test("a token carries it all to the principal, on every node", async () => {
  const role = await vault.principals.roles.locateForSession(
    `arn:aws:iam::${accountId}:role/tagged`,
  );
  const issued = await vault.sessions.issue(vault.permit("sts:AssumeRole", role), {
    sessionName: "s1",
    durationSeconds: 900,
    context: {
      policy: policy("ssm:GetParameter"),
      policyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
      tags: { team: "weather", once: "1" },
      transitiveTagKeys: ["Team"],
      sourceIdentity: "ana",
    },
  });
  const credential = await vault.newSessions().open(issued.sessionToken);
  const principal = await credential?.principal();
  expect(principal).toMatchObject({
    tags: { team: "weather", once: "1" },
    transitiveTags: { team: "weather" },
    sessionKeys: { "aws:sourceidentity": "ana" },
  });
  expect(principal?.transitiveTags).not.toHaveProperty("once");
  expect(principal?.sessionPolicies.map(({ name }) => name)).toEqual([
    "session policy",
    "arn:aws:iam::aws:policy/ReadOnlyAccess",
  ]);
});
