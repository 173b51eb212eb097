/** Resource and NotResource of a statement, against the ARN that a request is about. */
import type { RequestContext } from "../request-context.ts";
import { resourcePattern } from "./arn-pattern.ts";
import { compileTemplates } from "./template.ts";

export interface Resources {
  include(request: RequestContext): boolean;
}

/** undefined if a policy variable in one of the patterns is malformed. */
export function compileResources(
  patterns: readonly string[],
  isNotResource: boolean,
  hasVariables: boolean,
): Resources | undefined {
  const isListed = compileTemplates(
    patterns,
    { hasVariables, hasWildcards: true },
    resourcePattern,
  );
  if (isListed === undefined) return undefined;
  return { include: (request) => isListed(request.resource.arn, request) !== isNotResource };
}
