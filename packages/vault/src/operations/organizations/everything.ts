/** What most of these operations are asked on: AWS has no narrower resource for them. */
import type { Resource } from "../../authorization/types.ts";
import type { Call } from "../operation.ts";

export function everything({ scope }: Call): Resource {
  return { arn: "*", accountId: scope.accountId, tags: {} };
}
