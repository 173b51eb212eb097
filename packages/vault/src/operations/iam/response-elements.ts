/** A reply as CloudTrail's responseElements records it: lower camel case, times in its own form. */
export function responseElements(output: unknown): unknown {
  if (output instanceof Date) return timeFormat.format(output).replaceAll("\u202f", " ");
  if (Array.isArray(output)) return output.map(responseElements);
  if (typeof output !== "object" || output === null) return output;
  return Object.fromEntries(
    Object.entries(output)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [
        name.charAt(0).toLowerCase() + name.slice(1),
        responseElements(value),
      ]),
  );
}

/** "Nov 22, 2026, 1:33:34 AM" */
const timeFormat = new Intl.DateTimeFormat("en-US", {
  dateStyle: "medium",
  timeStyle: "medium",
  timeZone: "UTC",
});
