/**
 * One write of an import: a parameter, or the fields of one secret together. What it makes gets the
 * tags that say whose it is; what somebody else made meanwhile is never written over.
 */
import { writeFields } from "../stores/contents.ts";
import { printed } from "../stores/reference.ts";
import { type Settings, storeOf } from "../stores/store.ts";
import { printedWhole } from "./held.ts";
import { isAdvanced } from "./limits.ts";
import type { Item } from "./plan.ts";
import type { Survey } from "./survey.ts";

export interface WriteFlags {
  readonly owner: string | undefined;
  readonly key: string | undefined;
  /** What is another application's, or nobody's, becomes this one's. */
  readonly isOverwriting: boolean;
}

export type Together = readonly [Item, ...Item[]];

/** The fields of a secret are one version of it. */
export function together(items: readonly Item[]): Together[] {
  const groups = Map.groupBy(items, ({ reference }) => printedWhole(reference));
  return [...groups.values()].flatMap(([first, ...rest]) =>
    first === undefined ? [] : [[first, ...rest] as const],
  );
}

export async function write(together: Together, survey: Survey, flags: WriteFlags): Promise<void> {
  const [{ reference }] = together;
  const { states, held, tags, target } = survey;
  const { owner, key, isOverwriting } = flags;
  const store = storeOf(reference);
  const whole = printedWhole(reference);
  const isThere = held.wholes.has(whole);
  const isTaken = !isThere || (isOverwriting && tags.get(whole)?.app !== target.app);
  const given = {
    ...(isTaken && { app: target.app, environment: target.environment }),
    ...(owner !== undefined && { owner }),
  };
  const changed = together.filter((item) => states.get(item) !== "new owner");
  if (changed.length === 0) return store.tag(reference.name, given, []);
  const settings = { tags: given, ...settingsOf(together[0], survey, key) };
  if (!isThere) {
    const made = await store.create(reference.name, { text: textOf(changed) }, settings);
    if (made === undefined) throw new Error("somebody else made it meanwhile");
  } else if (reference.service === "secretsmanager") {
    await writeFields(reference, textsOf(changed), settings);
  } else {
    await store.write(reference.name, { text: textOf(changed) }, settings);
  }
}

/** What was confidential never becomes plain. */
function settingsOf(
  { reference, value, isSecret }: Item,
  { held }: Survey,
  key: string | undefined,
): Settings {
  const ofKey = isSecret ? { key } : {};
  if (reference.service === "secretsmanager") return ofKey;
  const wasSecret = held.values.get(printed(reference))?.type === "SecureString";
  return {
    ...ofKey,
    type: isSecret || wasSecret ? "SecureString" : "String",
    ...(isAdvanced(value) && { tier: "Advanced" as const }),
  };
}

function textsOf(items: readonly Item[]): ReadonlyMap<string, string> {
  return new Map(items.map(({ reference, value }) => [reference.field ?? "", value]));
}

/** Of what has no fields there is one. */
function textOf(items: readonly Item[]): string {
  const [{ reference, value } = { reference: undefined, value: "" }] = items;
  return reference?.field === undefined
    ? value
    : JSON.stringify(Object.fromEntries(textsOf(items)));
}
