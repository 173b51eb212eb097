/** A reply as CloudTrail's responseElements records it: lower camel case, times in its own form. */
export function responseElements(output: unknown): unknown {
  if (output instanceof Date) return time(output);
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

const timeFormat = new Intl.DateTimeFormat("en-US", {
  dateStyle: "medium",
  timeStyle: "medium",
  timeZone: "UTC",
});

/** "Jul 19, 2023 9:25:09 PM" */
function time(date: Date): string {
  return timeFormat
    .format(date)
    .replace(/(\d{4}),/, "$1")
    .replaceAll("\u202f", " ");
}
