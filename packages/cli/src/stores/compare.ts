/** What differs between two values, field by field where both are JSON objects. */
import { fieldText, readFields } from "./fields.ts";
import { isSame, isText, type Value } from "./value.ts";

export interface Change {
  /** undefined for a value without fields. */
  readonly field: string | undefined;
  readonly kind: "added" | "removed" | "changed" | "same";
  /** What the field held and holds; undefined where it wasn't or isn't there. */
  readonly before: Value | undefined;
  readonly after: Value | undefined;
}

/** Fields in the order of the newer value, those that went at the end. */
export function compare(before: Value, after: Value): Change[] {
  const old = isText(before) ? readFields(before.text) : undefined;
  const now = isText(after) ? readFields(after.text) : undefined;
  if (old === undefined || now === undefined) {
    return [{ field: undefined, kind: isSame(before, after) ? "same" : "changed", before, after }];
  }
  const names = new Set([...Object.keys(now), ...Object.keys(old)]);
  return [...names].map((field): Change => {
    const [from, to] = [fieldText(old, field), fieldText(now, field)];
    const kind =
      from === undefined
        ? "added"
        : to === undefined
          ? "removed"
          : // As JSON, so that the number 1 and the text "1" differ.
            JSON.stringify(old[field]) === JSON.stringify(now[field])
            ? "same"
            : "changed";
    return { field, kind, before: asValue(from), after: asValue(to) };
  });
}

function asValue(text: string | undefined): Value | undefined {
  return text === undefined ? undefined : { text };
}
