/** Copies within a store and from one to the other, verified before anybody relies on them. */
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { CommandFailure } from "../failure.ts";
import { readContent, readIfThere, writeContent } from "./contents.ts";
import { notThere } from "./failures.ts";
import { printed, type Reference } from "./reference.ts";
import { type Description, type Settings, storeOf, type Version, type Written } from "./store.ts";
import { ownTags } from "./tags.ts";
import { bytesOf, isSame } from "./value.ts";

/**
 * What is new gets the value together with the settings, in one call, so that half a copy never
 * stands there. What was there keeps its own settings, and gets the value as its next version.
 * undefined where it holds the value already.
 */
export async function copy(from: Reference, to: Reference): Promise<Written | undefined> {
  if (printed(from) === printed(to)) {
    throw new CommandFailure(`${printed(from)} is one and the same`, "give two references", 2);
  }
  const source = await readContent(from);
  const target = await storeOf(to).describe(to.name);
  const held = target && (await readIfThere(to));
  if (held !== undefined && isSame(held.value, source.value)) return undefined;
  const settings =
    target === undefined ? await settingsOfNew(from, to, source) : settingsFor(source);
  const written = await writeContent(to, source.value, settings);
  await verify(to, source, settings);
  return written;
}

/** Fails where something else is there: an earlier move that was interrupted may be. */
export async function refuseOther(from: Reference, to: Reference): Promise<void> {
  const held = await readIfThere(to);
  if (held === undefined) return;
  const isLikeIt =
    isSame(held.value, (await readContent(from)).value) &&
    (isField(from, to) || isDeepStrictEqual(await labelsOf(from), await labelsOf(to)));
  if (isLikeIt) return;
  throw new CommandFailure(
    `${printed(to)} is there already, and differs`,
    `to write the value as its next version: claviger cp ${printed(from)} ${printed(to)}`,
  );
}

async function labelsOf(reference: Reference): Promise<Settings> {
  const { description, tags = {} } = (await storeOf(reference).describe(reference.name)) ?? {};
  return { description, tags: ownTags(tags) };
}

async function settingsOfNew(from: Reference, to: Reference, source: Version): Promise<Settings> {
  if (isField(from, to)) return settingsFor(source);
  const found = await storeOf(from).describe(from.name);
  if (found === undefined) throw notThere(from);
  return { ...found, tags: ownTags(found.tags), ...settingsFor(source) };
}

/** Where a parameter stops being Standard. */
const standardBytesMax = 4096;

/** What the value itself asks for. What was confidential never becomes a plain parameter. */
function settingsFor({ type, value }: Version): Settings {
  return {
    ...(type === "SecureString" && { type }),
    ...(bytesOf(value).length > standardBytesMax && { tier: "Advanced" as const }),
  };
}

function isField(from: Reference, to: Reference): boolean {
  return from.field !== undefined || to.field !== undefined;
}

/** AWS shows what was written within seconds, not always at once. */
export const patienceMilliseconds = [0, 250, 500, 1000, 2000, 4000];

async function verify(to: Reference, source: Version, settings: Settings): Promise<void> {
  let wrong: string | undefined;
  for (const milliseconds of patienceMilliseconds) {
    await sleep(milliseconds);
    wrong = await difference(to, source, settings);
    if (wrong === undefined) return;
  }
  throw new CommandFailure(
    `${printed(to)} was written, but ${wrong} isn't what was copied`,
    `the source is as it was; see who else writes it: claviger history`,
  );
}

async function difference(
  to: Reference,
  source: Version,
  { description, tags = {} }: Settings,
): Promise<string | undefined> {
  const copied = await readIfThere(to);
  if (copied === undefined || !isSame(copied.value, source.value)) return "its value";
  if (description === undefined && Object.keys(tags).length === 0) return undefined;
  const found: Description = (await storeOf(to).describe(to.name)) ?? { tags: {} };
  if (description !== undefined && found.description !== description) return "its description";
  const lost = Object.entries(tags).find(([key, value]) => found.tags[key] !== value);
  return lost && `its tag '${lost[0]}'`;
}
