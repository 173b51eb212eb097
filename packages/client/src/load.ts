/** Fetches what was declared, all at once, and names everything that failed. */
import type { Declared } from "./cache/entry.ts";
import { asSecretsError, SecretsError } from "./errors.ts";
import type { GetOptions } from "./reference.ts";

export async function loadAll(declared: Iterable<Declared>, options?: GetOptions): Promise<void> {
  const failures: SecretsError[] = [];
  const loads = Array.from(declared, async (each) => {
    try {
      await each.get(options);
    } catch (error) {
      failures.push(asSecretsError(error, each.name));
    }
  });
  await Promise.all(loads);
  const [first, ...others] = failures;
  if (first === undefined) return;
  if (others.length === 0) throw first;
  const named = failures.map(({ code, message }) => `${message} (${code})`).join("; ");
  throw new SecretsError(first.code, `${failures.length} of ${loads.length} failed: ${named}`, {
    cause: new AggregateError(failures),
  });
}
