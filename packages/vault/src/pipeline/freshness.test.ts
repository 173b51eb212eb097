import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { EventStream } from "../event-stream.ts";
import { SharedDatabase, type SharedNode } from "../storage/conformance/shared-database.fixture.ts";
import { cacheSharedStorage } from "../storage/shared-cache.ts";
import { retryOnConflict, Stale, type Storage, table, Unavailable } from "../storage/storage.ts";
import { Work } from "../storage/work.ts";
import { type Around, freshAnswer } from "./freshness.ts";
import type { Answer, Progress } from "./progress.ts";

interface Body {
  readonly value: number;
}

const secrets = table<Body>("secrets");
const changes = table<string>("changes");
const begun = { requestId: "first" } as Progress;

/** One of many nodes, and how it answers requests: each has its audit event before its answer. */
class Node {
  readonly shared: SharedNode;
  readonly storage: Storage;
  /** The audit events, by the run that they are of. */
  readonly events: string[] = [];

  constructor(database: SharedDatabase, bytesMax = 100_000) {
    this.shared = database.node();
    this.storage = cacheSharedStorage(this.shared, { bytesMax });
  }

  answer(task: () => Promise<unknown>): Promise<Answer> {
    const beginAgain = (progress: Progress) => ({ ...progress, requestId: "again" });
    const conclude = async (progress: Progress, around: Around): Promise<Answer> => {
      let [output, failure]: unknown[] = [];
      try {
        output = await around(task);
      } catch (error) {
        if (error instanceof Stale) throw error;
        failure = error;
      }
      this.events.push(progress.requestId);
      // The commit of the event tells how much there is to know.
      await this.shared.catchUp().catch((fault) => {
        failure = fault;
      });
      return { progress, output, failure } as Answer;
    };
    return freshAnswer(this.shared, begun, beginAgain, conclude);
  }

  async value(key: string): Promise<number> {
    return (await this.storage.get(secrets, key))?.body.value ?? 0;
  }

  /** Adds one to the value, in as many attempts as it takes. */
  increase(key: string, request = ""): Promise<number> {
    return retryOnConflict(async () => {
      const row = await this.storage.get(secrets, key);
      const value = (row?.body.value ?? 0) + 1;
      const expected = row?.revision ?? "absent";
      await this.storage.commit([
        { type: "put", table: secrets, key, body: { value }, expect: expected },
        { type: "append", table: changes, body: request },
      ]);
      return value;
    });
  }
}

describe("a request", () => {
  let one: Node;
  let other: Node;

  beforeEach(async () => {
    const database = new SharedDatabase();
    [one, other] = [new Node(database), new Node(database)];
    await other.increase("a");
    await other.increase("b");
    await one.shared.catchUp();
    await one.storage.getMany(secrets, ["a", "b"]);
  });

  it("is answered once where nothing that it read was written elsewhere", async () => {
    await other.increase("b");
    expect((await one.answer(() => one.value("a"))).output).toBe(1);
    expect(one.events).toEqual(["first"]);
  });

  it("is answered anew, with an event of its own, where something was", async () => {
    await other.increase("a");
    expect((await one.answer(() => one.value("a"))).output).toBe(2);
    expect(one.events).toEqual(["first", "again"]);
  });

  it("is refused anew where it was refused for what was outdated", async () => {
    await other.increase("a");
    const refusal = await one.answer(async () => {
      if ((await one.value("a")) === 1) throw new Error("not yet");
      return "welcome";
    });
    expect(refusal).toMatchObject({ output: "welcome", failure: undefined });
  });

  it("leaves no event of a run whose commit was refused", async () => {
    await other.increase("a");
    const { output } = await one.answer(async () => {
      const allowed = await one.value("a");
      await one.increase("c");
      return allowed;
    });
    expect([output, one.events, await one.value("c")]).toEqual([2, ["again"], 1]);
  });

  it("that has committed is not run again", async () => {
    let runs = 0;
    const { output } = await one.answer(async () => {
      runs += 1;
      await one.increase("c");
      const known = await one.value("a");
      await other.increase("a");
      return known;
    });
    expect([output, runs, await one.value("c")]).toEqual([1, 1, 1]);
  });

  it("that may have committed is not run again", async () => {
    let runs = 0;
    const { failure } = await one.answer(async () => {
      runs += 1;
      await one.value("a");
      one.shared.isReplyLost = true;
      await one.increase("c");
    });
    expect([runs, await other.value("c")]).toEqual([1, 1]);
    expect(failure).toBeInstanceOf(Unavailable);
  });

  it("fails where a part of it has committed and another was outdated", async () => {
    const { promise: heard, resolve: hear } = Promise.withResolvers<void>();
    const { failure } = await one.answer(async () => {
      await one.value("a");
      const committing = one.increase("c").finally(hear);
      await Promise.all([committing, heard.then(() => Promise.reject(new Stale()))]);
    });
    expect(failure).toBeInstanceOf(Unavailable);
    expect(await one.value("c")).toBe(1);
  });

  it("fails where the database can't be reached for the second run", async () => {
    const { failure } = await one.answer(async () => {
      await one.value("a");
      one.shared.isCutOff = true;
      Work.doubt();
    });
    one.shared.isCutOff = false;
    expect(failure).toBeInstanceOf(Unavailable);
  });

  it("whose reply would go on lets go of the first one", async () => {
    await other.increase("a");
    const closed: number[] = [];
    const { output } = await one.answer(async () => {
      const value = await one.value("a");
      return new EventStream(nothing(), () => closed.push(value));
    });
    expect(output).toBeInstanceOf(EventStream);
    expect(closed).toEqual([1]);
  });
});

async function* nothing() {}

const keys = ["a", "b", "c"];
const asked = fc.record({
  node: fc.nat(2),
  type: fc.constantFrom("read", "increase", "increase if the first is even", "hear", "lose"),
  keys: fc.uniqueArray(fc.constantFrom(...keys), { minLength: 2 }),
});

it("is answered by no node with what is older than what any had acknowledged", async () => {
  const rows = fc.constantFrom(1000, 100_000);
  const clients = fc.array(fc.array(asked, { maxLength: 8 }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), clients, rows, async (scheduler, all, bytesMax) => {
      const database = new SharedDatabase(() => scheduler.schedule(Promise.resolve()));
      const nodes = [1, 2, 3].map(() => new Node(database, bytesMax));
      const acknowledged = new Map<string, number>();
      const increased: string[] = [];
      let requests = 0;
      await scheduler.waitFor(
        Promise.all(
          all.map(async (client) => {
            for (const { node: number, type, keys } of client) {
              const node = nodes[number] as Node;
              const [first = "", second = ""] = keys;
              if (type === "hear") await node.shared.catchUp();
              else if (type === "lose") node.shared.lose();
              else {
                const before = new Map(acknowledged);
                const request = `${type} ${requests++}`;
                const { output, failure } = await node.answer(async () => {
                  const [known, more] = await Promise.all([node.value(first), node.value(second)]);
                  if (type === "read" || (type !== "increase" && known % 2 === 1)) {
                    return { known, more };
                  }
                  return { known, more: await node.increase(second, request), hasWritten: true };
                });
                expect(failure).toBeUndefined();
                const { known, more, hasWritten } = output as Record<string, number>;
                expect(known).toBeGreaterThanOrEqual(before.get(first) ?? 0);
                expect(more).toBeGreaterThanOrEqual(before.get(second) ?? 0);
                if (!hasWritten) continue;
                increased.push(request);
                acknowledged.set(second, Math.max(more ?? 0, acknowledged.get(second) ?? 0));
              }
            }
          }),
        ),
      );
      const written = await database.rows.list(changes, { prefix: "", limit: 1000 });
      expect(written.map(({ body }) => body).sort()).toEqual(increased.sort());
    }),
    { numRuns: 300 },
  );
});
