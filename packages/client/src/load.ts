/** Fetches what was declared, all at once, and names everything that failed. */
import type { Declared } from "./cache/entry.ts";
import { asSecretsError, SecretsError } from "./errors.ts";
import type { GetOptions } from "./reference.ts";

export async function loadAll(declared: Iterable<Declared>, options?: GetOptions): Promise<void> {
  const failures: { readonly name: string; readonly error: SecretsError }[] = [];
  const loads = Array.from(declared, async (each) => {
    try {
      await each.get(options);
    } catch (error) {
      failures.push({ name: each.name, error: asSecretsError(error, each.name) });
    }
  });
  await Promise.all(loads);
  const [first, ...others] = failures;
  if (first === undefined) return;
  if (others.length === 0) throw first.error;
  const named = failures.map(({ name, error }) => `${name} (${error.code})`).join(", ");
  const counted = `${failures.length} of ${loads.length} failed: ${named}`;
  throw new SecretsError(first.error.code, `${counted}; the first: ${first.error.message}`, {
    cause: new AggregateError(failures.map(({ error }) => error)),
  });
}
