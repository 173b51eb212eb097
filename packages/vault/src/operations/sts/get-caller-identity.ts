/**
 * Tells callers who they are.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
import { structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";

export const getCallerIdentity = operation({
  name: "GetCallerIdentity",
  isReadOnly: true,
  input: structure({}),

  /** Whoever has credentials may know whose they are; AWS asks for no permission either. */
  permit() {
    return undefined;
  },

  run(_input, _granted, { principal }) {
    return { UserId: principal.principalId, Account: principal.accountId, Arn: principal.arn };
  },
});
