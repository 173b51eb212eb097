/** For tests: what a request is refused with. */

/**
 * "Code: message", without the sealed explanation that a denial's message ends in. Fails the test
 * if the request is accepted.
 */
export async function refusal(request: Promise<unknown>): Promise<string> {
  try {
    await request;
  } catch (error) {
    const { name, message } = error as Error;
    return `${name}: ${withoutEncodedMessage(message)}`;
  }
  throw new Error("was not refused");
}

/** Of requests that are under way side by side, a refusal may come before its turn to be looked at. */
export function sideBySide<Reply>(requests: readonly Promise<Reply>[]): readonly Promise<Reply>[] {
  for (const request of requests) request.catch(() => {});
  return requests;
}

/** What a denial says before the sealed explanation. */
export function withoutEncodedMessage(message: string): string {
  return message.replace(/\. Encoded authorization failure message: [\w-]+$/, "");
}
