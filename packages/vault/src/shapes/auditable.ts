/** An operation's input as CloudTrail records it. */
import type { Shape } from "./shape.ts";

const hidden = "HIDDEN_DUE_TO_SECURITY_REASONS";

/**
 * The input in lower camel case; sensitive members and bytes are omitted, or marked where
 * CloudTrail marks them.
 */
export function auditable(of: Shape<unknown>, value: unknown, marksHidden = false): unknown {
  if (of.isSensitive) return marksHidden ? hidden : undefined;
  if (of.kind === "blob") return undefined;
  if (of.kind === "list") {
    const member = of.member as Shape<unknown>;
    return (value as readonly unknown[]).map((item) => auditable(member, item, marksHidden));
  }
  if (of.kind !== "structure") return value;
  const recorded: Record<string, unknown> = {};
  for (const { name, lowerName, shape } of of.fields ?? []) {
    const item = (value as Record<string, unknown>)[name];
    if (item === undefined) continue;
    const shown = auditable(shape, item, marksHidden);
    if (shown !== undefined) recorded[lowerName] = shown;
  }
  return recorded;
}
