/** Staging labels against a naive model, through real storage, in random sequences. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestSecrets, token } from "./secrets.fixture.ts";

let shelf: TestSecrets;
beforeAll(async () => {
  shelf = await TestSecrets.open();
});
afterAll(() => shelf.close());

/** A secret as AWS's documentation tells it: versions in a row, each with a set of labels. */
class NaiveSecret {
  readonly versions: { id: string; value: string; labels: Set<string> }[] = [];

  holder(label: string) {
    return this.versions.find(({ labels }) => labels.has(label));
  }

  put(id: string, value: string, labels: readonly string[]): "put" | "repeated" | "refused" {
    const same = this.versions.find((version) => version.id === id);
    if (same !== undefined) return same.value === value ? "repeated" : "refused";
    const wasCurrent = this.holder("AWSCURRENT");
    const moving = new Set(wasCurrent === undefined ? [...labels, "AWSCURRENT"] : labels);
    for (const version of this.versions) {
      for (const label of moving) version.labels.delete(label);
    }
    this.versions.push({ id, value, labels: moving });
    if (wasCurrent !== undefined && moving.has("AWSCURRENT")) {
      for (const version of this.versions) version.labels.delete("AWSPREVIOUS");
      wasCurrent.labels.delete("AWSPENDING");
      wasCurrent.labels.add("AWSPREVIOUS");
    }
    return "put";
  }

  get stages(): Record<string, string> {
    return Object.fromEntries(
      this.versions.flatMap(({ id, labels }) => [...labels].map((label) => [label, id])),
    );
  }
}

const label = fc.constantFrom("AWSCURRENT", "AWSPREVIOUS", "AWSPENDING", "MINE", "__proto__");
const step = fc.record({
  // Few tokens and values, so that requests repeat and clash.
  version: fc.integer({ min: 1, max: 6 }),
  value: fc.constantFrom("one", "two"),
  labels: fc.option(fc.uniqueArray(label, { minLength: 1, maxLength: 4 }), { nil: undefined }),
  isUpdate: fc.boolean(),
});

test("labels move as documented, whatever is put in whatever order", async () => {
  let secrets = 0;
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.array(step, { maxLength: 12 }), async (isEmpty, steps) => {
      const name = `secret-${secrets++}`;
      const model = new NaiveSecret();
      await shelf.create(name, isEmpty ? undefined : "one", { token: token(0) });
      if (!isEmpty) model.put(token(0), "one", ["AWSCURRENT"]);

      for (const { version, value, labels, isUpdate } of steps) {
        const id = token(version);
        const isDefault = isUpdate || labels === undefined;
        const outcome = model.put(id, value, isDefault ? ["AWSCURRENT"] : labels);
        const put = isUpdate
          ? shelf.update(name, {}, value, id)
          : shelf.put(name, value, id, labels);
        if (outcome === "refused") {
          await expect(put).rejects.toMatchObject({ code: "ResourceExistsException" });
        } else {
          expect(ownEntries((await put).stages)).toEqual(ownEntries(model.stages));
        }
      }

      const { stages, versionCount } = await shelf.describe(name);
      expect(ownEntries(stages)).toEqual(ownEntries(model.stages));
      expect(versionCount).toBe(model.versions.length);
      for (const { id, value, labels } of model.versions) {
        expect(await shelf.get(name, { versionId: id })).toBe(value);
        for (const versionStage of labels) {
          expect(await shelf.get(name, { versionStage })).toBe(value);
        }
      }
    }),
    { numRuns: 60 },
  );
});

/** In one order, and with a label like __proto__ in sight. */
function ownEntries(stages: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(stages).sort(([one], [other]) => (one < other ? -1 : 1));
}
