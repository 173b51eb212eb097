/**
 * Secrets and parameters that what was typed may become, one part of a path at a time, as a shell
 * completes files. For whoever waits with a finger on the tab key: a bounded look, and silence
 * where it fails.
 */
import { aws } from "../aws.ts";

const millisecondsMax = 2000;
const pagesMax = 5;

/** Each as it would be typed; one that ends in `/` goes on. */
export async function completions(typed: string): Promise<string[]> {
  const starts = ["/", "ssm:/", "secretsmanager:"].filter(
    (start) => start.startsWith(typed) && start !== typed,
  );
  if (starts.length > 0) return starts;
  const [, before = "", prefix = ""] = /^(ssm:|secretsmanager:)?(.*)$/s.exec(typed) ?? [];
  const signal = AbortSignal.timeout(millisecondsMax);
  try {
    const names =
      before === "secretsmanager:"
        ? await secrets(prefix, signal)
        : await parameters(prefix, signal);
    return [...new Set(names.map((name) => before + nextPart(name, prefix)))].sort();
  } catch {
    return [];
  }
}

/** The name as far as the next slash after what was typed. */
export function nextPart(name: string, prefix: string): string {
  const end = name.indexOf("/", prefix.length);
  return end === -1 ? name : name.slice(0, end + 1);
}

async function parameters(prefix: string, abortSignal: AbortSignal): Promise<string[]> {
  const ssm = await aws.ssm();
  const ParameterFilters = [{ Key: "Name", Option: "BeginsWith", Values: [prefix] }];
  return pages(async (NextToken) => {
    const input = { MaxResults: 50, ParameterFilters, ...NextToken };
    const page = await ssm.describeParameters(input, { abortSignal });
    return { names: page.Parameters?.map(({ Name = "" }) => Name), nextToken: page.NextToken };
  }, prefix);
}

async function secrets(prefix: string, abortSignal: AbortSignal): Promise<string[]> {
  const secretsManager = await aws.secretsManager();
  const Filters = [{ Key: "name" as const, Values: [prefix] }];
  return pages(async (NextToken) => {
    const input = { MaxResults: 100, ...(prefix !== "" && { Filters }), ...NextToken };
    const page = await secretsManager.listSecrets(input, { abortSignal });
    return { names: page.SecretList?.map(({ Name = "" }) => Name), nextToken: page.NextToken };
  }, prefix);
}

interface Page {
  readonly names: readonly string[] | undefined;
  readonly nextToken: string | undefined;
}

async function pages(
  ask: (token: { readonly NextToken?: string }) => Promise<Page>,
  prefix: string,
): Promise<string[]> {
  const found: string[] = [];
  let token: string | undefined;
  for (let page = 0; page < pagesMax; page++) {
    const { names = [], nextToken } = await ask(token ? { NextToken: token } : {});
    found.push(...names.filter((name) => name.startsWith(prefix)));
    if (!nextToken) break;
    token = nextToken;
  }
  return found;
}
