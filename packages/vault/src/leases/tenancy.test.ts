import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { SharedDatabase } from "../storage/conformance/shared-database.fixture.ts";
import { Conflict, table } from "../storage/storage.ts";
import { Tenancy } from "./tenancy.ts";

const lengthMilliseconds = 1000;
const log = table<number>("changes");

let now: number;
let database: SharedDatabase;
const clock = () => now;

const start = () =>
  new Tenancy({ storage: database.node(), name: "schedule", lengthMilliseconds, now: clock });

beforeEach(() => {
  now = 0;
  database = new SharedDatabase();
});

describe("a lease", () => {
  it("is the first one's who looks, for as long as it renews it", async () => {
    const [first, second] = [start(), start()];
    await first.look();
    for (let look = 0; look < 10; look++) {
      await second.look();
      expect([first.isHeld, second.isHeld]).toEqual([true, false]);
      now += 900;
      await first.look();
    }
  });

  it("is nobody's a length after its last renewal, and another's who has seen none for as long", async () => {
    const [first, second] = [start(), start()];
    await first.look();
    now = 400;
    await second.look();
    now = 999;
    expect(first.isHeld).toBe(true);
    now = 1000;
    expect(first.isHeld).toBe(false);
    now = 1399;
    await second.look();
    expect(second.isHeld).toBe(false);
    now = 1400;
    await second.look();
    expect(second.isHeld).toBe(true);
    await first.look();
    expect([first.isHeld, second.isHeld]).toEqual([false, true]);
  });

  it("is anybody's at once when it was let go", async () => {
    const [first, second] = [start(), start()];
    await first.look();
    await second.letGo();
    expect(first.isHeld).toBe(true);
    await first.letGo();
    expect(first.requirement).toBeUndefined();
    await second.look();
    expect(second.isHeld).toBe(true);
  });

  it("is another one by another name", async () => {
    const other = new Tenancy({
      storage: database.node(),
      name: "other",
      lengthMilliseconds,
      now: clock,
    });
    const first = start();
    await Promise.all([first.look(), other.look()]);
    expect([first.isHeld, other.isHeld]).toEqual([true, true]);
  });

  it("is renewed also where the reply to the renewal was lost", async () => {
    const node = database.node();
    const holder = new Tenancy({ storage: node, name: "schedule", lengthMilliseconds, now: clock });
    node.isReplyLost = true;
    await expect(holder.look()).rejects.toThrow();
    expect(holder.isHeld).toBe(false);
    node.isReplyLost = false;
    await holder.look();
    expect(holder.isHeld).toBe(true);
  });
});

const types = ["look", "look", "look", "look", "begin a job", "commit the job", "let go", "die"];
const step = fc.record({
  node: fc.nat(2),
  type: fc.constantFrom(...types),
  pause: fc.constantFrom(0, 0, 0, 300, 700, 1200),
});
const clients = fc.array(fc.array(step, { minLength: 8, maxLength: 20, size: "max" }), {
  minLength: 3,
  maxLength: 3,
});

it("never has two holders at once, and no commit of an earlier term after a later one's", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), clients, async (scheduler, all) => {
      now = 0;
      database = new SharedDatabase(() => scheduler.schedule(Promise.resolve()));
      const nodes = [1, 2, 3].map(() => ({ tenancy: start(), jobs: [] as number[] }));
      const committing = database.node();
      const check = () =>
        expect(nodes.filter(({ tenancy }) => tenancy.isHeld).length).toBeLessThan(2);
      const run = async (mine: (typeof all)[number]) => {
        for (const { node: at, type, pause } of mine) {
          const node = nodes[at];
          if (node === undefined) continue;
          const { requirement } = node.tenancy;
          if (type === "look") await node.tenancy.look();
          else if (type === "let go") await node.tenancy.letGo();
          else if (type === "die") nodes[at] = { tenancy: start(), jobs: node.jobs };
          else if (type === "begin a job") node.jobs.push(...termOf(requirement));
          else {
            const term = node.jobs.pop();
            if (term === undefined) continue;
            const required = {
              type: "require",
              table: table("leases"),
              key: "term/schedule",
            } as const;
            await committing
              .commit([
                { ...required, expect: term },
                { type: "append", table: log, body: term },
              ])
              .catch((error) => expect(error).toBeInstanceOf(Conflict));
          }
          check();
          now += pause;
          check();
        }
      };
      await scheduler.waitFor(Promise.all(all.map(run)));
      const terms = (await database.rows.list(log, { prefix: "", limit: 1000 })).map(
        ({ body }) => body,
      );
      expect(terms).toEqual(terms.toSorted((one, other) => one - other));
    }),
    { numRuns: 300 },
  );
});

function termOf(requirement: Tenancy["requirement"]): number[] {
  return typeof requirement?.expect === "number" ? [requirement.expect] : [];
}
