import fc from "fast-check";
import { expect, test } from "vitest";
import type { ManagedPolicy } from "../records.ts";
import { versionOf, versionsOf, withDefault, withoutVersion, withVersion } from "./versioning.ts";

const created: ManagedPolicy = {
  accountId: "123456789012",
  name: "p",
  uniqueId: "ANPA",
  path: "/",
  description: undefined,
  versionId: "v1",
  document: "document 1",
  tags: [],
  createdAt: 1,
  updatedAt: 1,
  attachmentCount: 0,
};

/** The obvious way to keep versions: a list and the id of the default one. */
interface Naive {
  versions: { id: string; document: string; createdAt: number }[];
  defaultId: string;
  last: number;
}

const step = fc.oneof(
  fc.record({ type: fc.constant("create" as const), isDefault: fc.boolean() }),
  fc.record({ type: fc.constant("default" as const), number: fc.integer({ min: 1, max: 9 }) }),
  fc.record({ type: fc.constant("delete" as const), number: fc.integer({ min: 1, max: 9 }) }),
);

test("versions are those of a plain list, whatever is done with them", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      let policy = created;
      const naive: Naive = {
        versions: [{ id: "v1", document: "document 1", createdAt: 1 }],
        defaultId: "v1",
        last: 1,
      };
      for (const [at, each] of steps.entries()) {
        const now = at + 2;
        const change = () => {
          if (each.type === "create") {
            return withVersion(policy, `document ${naive.last + 1}`, each.isDefault, now);
          }
          const id = `v${each.number}`;
          return each.type === "default" ? withDefault(policy, id) : withoutVersion(policy, id);
        };
        if (canDo(naive, each)) {
          policy = change();
          doNaively(naive, each, now);
        } else {
          expect(change).toThrow();
        }
        expect(versionsOf(policy)).toEqual(naive.versions.toReversed());
        expect(policy.versionId).toBe(naive.defaultId);
        expect(policy.document).toBe(versionOf(policy, naive.defaultId).document);
      }
    }),
    { numRuns: 500 },
  );
});

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

function canDo({ versions, defaultId }: Naive, each: Step): boolean {
  if (each.type === "create") return versions.length < 5;
  const isThere = versions.some(({ id }) => id === `v${each.number}`);
  return isThere && (each.type === "default" || defaultId !== `v${each.number}`);
}

function doNaively(naive: Naive, each: Step, now: number): void {
  if (each.type === "create") {
    naive.last += 1;
    const id = `v${naive.last}`;
    naive.versions.push({ id, document: `document ${naive.last}`, createdAt: now });
    if (each.isDefault) naive.defaultId = id;
  } else if (each.type === "default") {
    naive.defaultId = `v${each.number}`;
  } else {
    naive.versions = naive.versions.filter(({ id }) => id !== `v${each.number}`);
  }
}
