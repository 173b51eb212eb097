/**
 * AWS Organizations, as far as it makes and lists a vault's accounts. Global: its records and its
 * trail are in us-east-1, whatever region a request is signed for.
 */
import type { Service } from "../operation.ts";
import { createAccount } from "./create-account.ts";
import { createOrganization } from "./create-organization.ts";
import { describeAccount } from "./describe-account.ts";
import { describeCreateAccountStatus } from "./describe-create-account-status.ts";
import { describeOrganization } from "./describe-organization.ts";
import { listAccounts } from "./list-accounts.ts";
import { listCreateAccountStatus } from "./list-create-account-status.ts";
import { listParents } from "./list-parents.ts";
import { listRoots } from "./list-roots.ts";

export const organizations: Service = {
  name: "organizations",
  protocol: "aws-json",
  targetPrefixes: ["AWSOrganizationsV20161128."],
  version: "2016-11-28",
  xmlNamespace: undefined,
  globalRegion: "us-east-1",
  operations: [
    createAccount,
    createOrganization,
    describeAccount,
    describeCreateAccountStatus,
    describeOrganization,
    listAccounts,
    listCreateAccountStatus,
    listParents,
    listRoots,
  ],
};
