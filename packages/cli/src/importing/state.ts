/**
 * What an import would do at each of its places: by what stands there, and by whose it is. What
 * `import` makes carries the tags `app` and `environment`; what is another application's, or was not
 * made by an import, keeps its value unless somebody says otherwise.
 */
import { printed } from "../stores/reference.ts";
import type { Tags } from "../stores/tags.ts";
import { type Held, printedWhole } from "./held.ts";
import type { Item } from "./plan.ts";

export type State = "new" | "changed" | "unchanged" | "new owner" | "conflict";

export interface Claim {
  readonly app: string;
  /** undefined leaves the owner as it is. */
  readonly owner: string | undefined;
}

/** `tags` are those of the parameter or the secret, as far as `needsTags` asked for them. */
export function stateOf(item: Item, held: Held, tags: Tags | undefined, claim: Claim): State {
  const { app: holder, owner } = tags ?? {};
  const isOthers = holder !== undefined && holder !== claim.app;
  if (isHeld(item, held)) {
    const isOwned = claim.owner === undefined || claim.owner === owner;
    return isOwned || isOthers ? "unchanged" : "new owner";
  }
  const found = held.values.get(printed(item.reference));
  if (isOthers) return "conflict";
  if (found === undefined) return "new";
  return holder === undefined && found.text !== item.value ? "conflict" : "changed";
}

/** A value that is right but stands in the clear is not what was asked for. */
export function isHeld({ reference, value, isSecret }: Item, { values }: Held): boolean {
  const found = values.get(printed(reference));
  return found?.text === value && (found.type === "SecureString" || !isSecret);
}

/** Nobody has to ask for the tags of what is not there, or stays as it is. */
export function needsTags(item: Item, held: Held, { owner }: Pick<Claim, "owner">): boolean {
  const isThere = held.wholes.has(printedWhole(item.reference));
  return isThere && (owner !== undefined || !isHeld(item, held));
}
