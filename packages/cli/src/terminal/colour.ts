/**
 * The one place that colours: only where the stream is a terminal, never where NO_COLOR is set, and
 * always where FORCE_COLOR is. https://no-color.org
 */
import { styleText } from "node:util";

export type Style = Parameters<typeof styleText>[0];

/** What is written to standard error names it, since the other may be a pipe. */
export function coloured(
  style: Style,
  text: string,
  stream: NodeJS.WriteStream = process.stdout,
): string {
  return styleText(style, text, { stream });
}
