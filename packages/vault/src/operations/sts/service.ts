/** STS: who am I, and credentials that expire. */
import type { Service } from "../operation.ts";
import { assumeRole } from "./assume-role.ts";
import { getCallerIdentity } from "./get-caller-identity.ts";

export const sts: Service = {
  name: "sts",
  protocol: "aws-query",
  targetPrefixes: [],
  version: "2011-06-15",
  xmlNamespace: "https://sts.amazonaws.com/doc/2011-06-15/",
  operations: [assumeRole, getCallerIdentity],
};
