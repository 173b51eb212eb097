/**
 * Who answers for each secret and parameter: the tag `owner`. A parameter's tags cost a call, so
 * they are asked for no more than those that a report names, a few at a time.
 */
import { isOneOf } from "../aws-failure.ts";
import { clearProgress, showProgress } from "../terminal/progress.ts";
import type { Item } from "./inventory.ts";
import { parameterTags } from "./resources.ts";

export interface Owners {
  of(item: Item): string | undefined;
  /** What could not be found out, and why. */
  readonly notes: readonly string[];
}

const atATime = 10;

export async function findOwners(items: readonly Item[]): Promise<Owners> {
  const owners = new Map(items.map((item) => [item.arn, item.tags.owner]));
  const asked = items.filter(({ type, tags }) => type === "parameter" && tags.owner === undefined);
  try {
    for (let at = 0; at < asked.length; at += atATime) {
      showProgress(`reading owners of parameters: ${at} of ${asked.length}`);
      const next = asked.slice(at, at + atATime);
      const tags = await Promise.all(next.map(({ arn }) => parameterTags(arn)));
      for (const [position, { arn }] of next.entries()) owners.set(arn, tags[position]?.owner);
    }
  } catch (error) {
    if (!isOneOf(error, "AccessDeniedException")) throw error;
    return ownersIn(owners, ["owners of parameters: ssm:ListTagsForResource is denied"]);
  } finally {
    clearProgress();
  }
  return ownersIn(owners, []);
}

function ownersIn(
  owners: ReadonlyMap<string, string | undefined>,
  notes: readonly string[],
): Owners {
  return { of: ({ arn }) => owners.get(arn), notes };
}
