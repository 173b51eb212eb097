/** IAM's pagination: Marker and MaxItems in, IsTruncated and Marker out. */
import { validationError } from "../../errors.ts";
import type { Page, PageRequest } from "../../principals/page.ts";

interface Paging {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

const itemsByDefault = 100;

/**
 * A marker is the name that the next page starts behind. It needs no signature: whoever may list
 * may start anywhere in the list.
 */
export function pageRequest({ Marker, MaxItems }: Paging): PageRequest {
  return {
    after: Marker === undefined ? undefined : fromMarker(Marker),
    limit: MaxItems ?? itemsByDefault,
  };
}

export function pageMembers({ next }: Page<unknown>) {
  if (next === undefined) return { IsTruncated: false };
  return { IsTruncated: true, Marker: Buffer.from(next).toString("base64url") };
}

/** The page of a list in which there is nothing. */
export function emptyPage(paging: Paging) {
  pageRequest(paging);
  return { IsTruncated: false };
}

function fromMarker(marker: string): string {
  const bytes = Buffer.from(marker, "base64url");
  if (bytes.toString("base64url") !== marker) throw validationError("Invalid Marker.");
  return bytes.toString();
}
