/** For tests: what a request is refused with. */

/** "Code: message". Fails the test if the request is accepted. */
export async function refusal(request: Promise<unknown>): Promise<string> {
  try {
    await request;
  } catch (error) {
    const { name, message } = error as Error;
    return `${name}: ${message}`;
  }
  throw new Error("was not refused");
}
