/** Text of somebody else's for a terminal: what would steer it, or turn the reading round, is shown as ?. */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}]/gu, "?");
}
