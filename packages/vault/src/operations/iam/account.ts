/** Operations on an account as a whole name no resource. */
import type { Resource } from "../../authorization/types.ts";
import type { Call } from "../operation.ts";

export function account({ scope }: Call): Resource {
  return { arn: "*", accountId: scope.accountId, tags: {} };
}
