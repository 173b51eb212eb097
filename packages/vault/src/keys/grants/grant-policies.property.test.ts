/** No chain of grants is wider than its first, whatever contexts it is used with. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { allows } from "./grant-policies.ts";
import type { GrantConstraints, GrantRecord } from "./grant-record.ts";

const word = fc.constantFrom("a", "b", "__proto__");
const context = fc.dictionary(word, fc.constantFrom("1", "2"), { maxKeys: 3 });
const operations = fc.subarray(["Encrypt", "Decrypt", "CreateGrant"]);
const constraints: fc.Arbitrary<GrantConstraints> = fc.record(
  { EncryptionContextSubset: context, EncryptionContextEquals: context },
  { requiredKeys: [] },
);
const grant = fc
  .record({ operations, constraints })
  .map((given) => given as unknown as GrantRecord);

test("what a child allows, its parent allows", () => {
  let passedOn = 0;
  fc.assert(
    fc.property(grant, grant, context, (parent, child, encryptionContext) => {
      const asked = { operation: "CreateGrant", encryptionContext: {}, child };
      if (!allows(parent, asked)) return;
      passedOn++;
      for (const operation of ["Encrypt", "Decrypt"]) {
        const used = { operation, encryptionContext };
        if (allows(child, used)) expect(allows(parent, used)).toBe(true);
      }
    }),
    { numRuns: 20_000 },
  );
  expect(passedOn).toBeGreaterThan(100);
});

test("a constraint lets through what has its pairs, or has them alone", () => {
  fc.assert(
    fc.property(constraints, context, (given, encryptionContext) => {
      const pairs = (of: object) => Object.entries(of).map((pair) => JSON.stringify(pair));
      const has = new Set(pairs(encryptionContext));
      const { EncryptionContextSubset: some, EncryptionContextEquals: exactly } = given;
      const naive =
        (some === undefined || pairs(some).every((pair) => has.has(pair))) &&
        (exactly === undefined ||
          JSON.stringify(pairs(exactly).sort()) === JSON.stringify([...has].sort()));
      const record = { operations: ["Encrypt"], constraints: given } as unknown as GrantRecord;
      expect(allows(record, { operation: "Encrypt", encryptionContext })).toBe(naive);
    }),
  );
});
