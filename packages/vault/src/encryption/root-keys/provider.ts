/** What the root keys that a cloud's KMS keeps have in common: its library, and its refusals. */
import { RootKeyError } from "./root-key.ts";

/** A KMS that doesn't answer must not hold a start for ever. */
export const providerMilliseconds = { connect: 5_000, reply: 15_000 } as const;

/** Loads a provider's library, which only those install whose root key needs it. */
export async function loadProvider<Library>(
  name: string,
  load: () => Promise<Library>,
): Promise<Library> {
  try {
    return await load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new RootKeyError(
      `This source of the root key needs the package ${name}, which is not installed.`,
      `Install it beside the vault: npm install ${name}`,
    );
  }
}

/** The root key can't be had from its provider. Its message names keys and callers, no secrets. */
export function providerFailed(source: string, error: unknown, hint: string): RootKeyError {
  if (error instanceof RootKeyError) return error;
  const { name, message } = error as Error;
  return new RootKeyError(
    `The root key could not be had from ${source}: ${name}: ${message}`,
    hint,
  );
}
