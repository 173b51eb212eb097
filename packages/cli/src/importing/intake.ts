/** Writes the items of a plan to the stores, tells how far it is, and reads every one back. */
import { setTimeout as sleep } from "node:timers/promises";
import { awsFailure } from "../aws-failure.ts";
import { CommandFailure } from "../failure.ts";
import { writeFields } from "../stores/contents.ts";
import { patienceMilliseconds } from "../stores/copy.ts";
import { withoutValue } from "../stores/failures.ts";
import { printed, type Reference } from "../stores/reference.ts";
import { type Settings, storeOf } from "../stores/store.ts";
import { clearProgress, showProgress } from "../terminal/progress.ts";
import { type Held, readHeld } from "./held.ts";
import { isAdvanced } from "./limits.ts";
import type { Item } from "./plan.ts";

export type State = "new" | "changed" | "unchanged";

/** A value that is right but stands in the clear is not what was asked for. */
export function stateOf(
  { reference, value, isSecret }: Item,
  held: ReadonlyMap<string, Held>,
): State {
  const found = held.get(printed(reference));
  if (found === undefined) return "new";
  return found.text === value && (found.type === "SecureString" || !isSecret)
    ? "unchanged"
    : "changed";
}

export interface IntakeFlags {
  readonly owner: string | undefined;
  readonly key: string | undefined;
}

/** Those that aren't unchanged. Throws, saying what is in, at the first that is refused. */
export async function takeIn(
  items: readonly Item[],
  held: ReadonlyMap<string, Held>,
  flags: IntakeFlags,
): Promise<void> {
  const waiting = items.filter((item) => stateOf(item, held) !== "unchanged");
  let count = 0;
  for (const together of written(waiting)) {
    showProgress(`writing ${count + 1} of ${waiting.length}: ${printed(together[0].reference)}`);
    try {
      await write(together, held, flags);
    } catch (error) {
      clearProgress();
      throw stopped(error, together, count, waiting.length);
    }
    count += together.length;
  }
  clearProgress();
}

/** Throws where a store does not give back what the files say. */
export async function verify(items: readonly Item[]): Promise<void> {
  let wrong: readonly Item[] = items;
  for (const milliseconds of patienceMilliseconds) {
    await sleep(milliseconds);
    showProgress(`reading back ${wrong.length}`);
    const held = await readHeld(wrong.map(({ reference }) => reference));
    wrong = wrong.filter((item) => stateOf(item, held) !== "unchanged");
    if (wrong.length === 0) break;
  }
  clearProgress();
  const [first] = wrong;
  if (first === undefined) return;
  throw new CommandFailure(
    `${printed(first.reference)} was written, but does not read back as it stands in the file`,
    "the files are as they were; see who else writes it: claviger history",
  );
}

type Together = readonly [Item, ...Item[]];

/** The fields of a secret are one version of it. */
function written(items: readonly Item[]): Together[] {
  const groups = Map.groupBy(items, ({ reference: { service, name } }) => `${service}:${name}`);
  return [...groups.values()].flatMap(([first, ...rest]) =>
    first === undefined ? [] : [[first, ...rest] as const],
  );
}

async function write(
  together: Together,
  held: ReadonlyMap<string, Held>,
  { owner, key }: IntakeFlags,
): Promise<void> {
  const [{ reference, value, isSecret }] = together;
  const settings: Settings = {
    ...(owner !== undefined && { tags: { owner } }),
    ...(isSecret && { key }),
  };
  if (reference.service === "secretsmanager") {
    const texts = new Map(together.map((item) => [item.reference.field ?? "", item.value]));
    await writeFields(reference, texts, settings);
    return;
  }
  await storeOf(reference).write(
    reference.name,
    { text: value },
    {
      ...settings,
      type: typeOf(reference, isSecret, held),
      ...(isAdvanced(value) && { tier: "Advanced" as const }),
    },
  );
}

/** What was confidential never becomes plain. */
function typeOf(reference: Reference, isSecret: boolean, held: ReadonlyMap<string, Held>) {
  const before = held.get(printed(reference))?.type;
  return isSecret || before === "SecureString" ? "SecureString" : "String";
}

function stopped(error: unknown, together: Together, count: number, all: number): CommandFailure {
  const clean = together.reduce<unknown>((each, { value }) => withoutValue(each, value), error);
  const { message } = awsFailure(clean) ?? (clean as Error);
  return new CommandFailure(
    `${count} of ${all} are in; ${printed(together[0].reference)} is not: ${message}`,
    "the files are as they were, and the same command again goes on from here",
    1,
    { cause: clean },
  );
}
