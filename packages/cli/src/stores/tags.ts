/** Tags as they are typed, and as the services have them. */
import { CommandFailure } from "../failure.ts";

export type Tags = Readonly<Record<string, string>>;

interface Pair {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

export function tagsOf(pairs: readonly Pair[] | undefined): Tags {
  return Object.fromEntries((pairs ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));
}

export function pairsOf(tags: Tags): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** Those that a user may set: AWS keeps `aws:` for itself. */
export function ownTags(tags: Tags): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !key.startsWith("aws:")));
}

/** From `key=value`; a value may hold more of `=`. */
export function readTags(typed: readonly string[], noun = "tag"): Tags {
  return Object.fromEntries(
    typed.map((each) => {
      const [, key, value] = /^([^=]+)=(.*)$/s.exec(each) ?? [];
      if (key !== undefined && value !== undefined) return [key, value];
      throw new CommandFailure(`'${each}' is no ${noun}`, "give key=value, as owner=payments", 2);
    }),
  );
}
