/** How much of a vault was read or written, in words. */

export function counted({ rows, events }: { readonly rows: number; readonly events: number }) {
  return `${number(rows)} rows and ${number(events)} audit events`;
}

function number(count: number): string {
  return count.toLocaleString("en-US");
}
