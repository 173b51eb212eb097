/** KMS's markers: the name to resume a list behind, readable only to the list that gave it. */
import { invalidMarker } from "./key-errors.ts";
import type { Page } from "./page.ts";
import type { PageTokens } from "./page-tokens.ts";

export class Markers {
  readonly #tokens: PageTokens;

  constructor(tokens: PageTokens) {
    this.#tokens = tokens;
  }

  /**
   * The page behind `marker`. `list` is everything that must be the same on the next page. Throws
   * InvalidMarkerException unless this very list gave the marker.
   */
  async page<Item>(
    list: string,
    marker: string | undefined,
    read: (after: string | undefined) => Page<Item> | Promise<Page<Item>>,
  ): Promise<Page<Item>> {
    const after = marker === undefined ? undefined : await this.#tokens.open("kms", list, marker);
    if (marker !== undefined && after === undefined) throw invalidMarker();
    const { items, next } = await read(after);
    return { items, next: next && (await this.#tokens.seal("kms", list, next)) };
  }
}
