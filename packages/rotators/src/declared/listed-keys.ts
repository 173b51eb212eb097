/** The provider's list of keys, all pages of it: where what an earlier try left behind is found. */
import { RotationFailure } from "../rotator.ts";
import type { ListCall } from "./description.ts";
import { lookUp } from "./pointer.ts";
import { named, type Reply } from "./provider.ts";
import { isAsSaid, type Step } from "./step.ts";

export interface ListedKey {
  readonly keyId: string;
  readonly name: string | undefined;
  /** Part of its value. */
  readonly hint: string | undefined;
}

const pagesMax = 200;

export async function listKeys(step: Step, list: ListCall): Promise<readonly ListedKey[]> {
  const keys: ListedKey[] = [];
  const seen: Seen = { pages: 0, items: 0, onPage: 0 };
  for (let next: Next | undefined = {}; next !== undefined; ) {
    if (seen.pages === pagesMax) throw new RotationFailure(`${named(list)} goes on and on.`);
    const { parameters = {}, url }: Next = next;
    const call: ListCall = { ...list, query: { ...list.query, ...parameters } };
    const reply: Reply = await step.manage(call, {}, url);
    const items = itemsOf(list, reply);
    keys.push(
      ...items.filter((item) => isAsSaid(item, list.where)).map((item) => keyOf(list, item)),
    );
    seen.pages++;
    seen.items += items.length;
    seen.onPage = items.length;
    next = items.length === 0 ? undefined : nextOf(step, list, reply, next, seen);
  }
  return keys;
}

/** "sk-…cdEF", "***cdEF" and "cdEF" fit a key that begins and ends so. */
export function fits(hint: string, key: string): boolean {
  const parts = hint.split(/[*•…]+|\.{2,}/);
  const tail = parts.at(-1) ?? "";
  const head = parts.length > 1 ? (parts[0] ?? "") : "";
  const isTelling = tail.length >= 4 && key.length > head.length + tail.length;
  return isTelling && key.startsWith(head) && key.endsWith(tail);
}

interface Seen {
  pages: number;
  items: number;
  onPage: number;
}

/** What the next page is asked for with, or where it is. */
interface Next {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly url?: URL;
}

function nextOf(
  step: Step,
  list: ListCall,
  reply: Reply,
  before: Next,
  seen: Seen,
): Next | undefined {
  const { pages } = list;
  if (pages === undefined) return undefined;
  if ("size" in pages && seen.onPage < pages.size) return undefined;
  if ("page" in pages) return parameter(pages.page, pages.first + seen.pages);
  if ("offset" in pages) return parameter(pages.offset, seen.items);
  if ("cursor" in pages) {
    const cursor = textOf(lookUp(reply.document, pages.from)) ?? "";
    const isNew = cursor !== "" && before.parameters?.[pages.cursor] !== cursor;
    return isNew ? parameter(pages.cursor, cursor) : undefined;
  }
  const reference =
    "nextUrl" in pages ? lookUp(reply.document, pages.nextUrl) : linkedNext(reply.headers);
  if (typeof reference !== "string" || reference === "") return undefined;
  return { url: step.sameHost(reference, list) };
}

function parameter(name: string, value: string | number): Next {
  return { parameters: { [name]: String(value) } };
}

function linkedNext(headers: Headers): string | undefined {
  const links = (headers.get("link") ?? "").split(/,(?=\s*<)/);
  const next = links.find((link) => /;\s*rel="?next"?/.test(link) && !/results="false"/.test(link));
  return next?.match(/<([^>]*)>/)?.[1];
}

function itemsOf(list: ListCall, { document }: Reply): readonly unknown[] {
  const items = lookUp(document, list.items);
  if (Array.isArray(items)) return items;
  // An empty list may be spelled so.
  if (items === null) return [];
  throw new RotationFailure(`The answer to ${named(list)} has no list at "${list.items}".`);
}

function keyOf(list: ListCall, item: unknown): ListedKey {
  const keyId = textOf(lookUp(item, list.keyId));
  if (keyId === undefined) {
    throw new RotationFailure(`An item of ${named(list)} has no id at ${list.keyId}.`);
  }
  return {
    keyId,
    name: textOf(lookUp(item, list.name)),
    hint: list.hint === undefined ? undefined : textOf(lookUp(item, list.hint)),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}
