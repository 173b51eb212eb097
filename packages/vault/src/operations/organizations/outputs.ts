/** Organizations, accounts and their creation as the replies show them. */

import { managementEmail } from "../../principals/accounts/account-creation.ts";
import type { Account, AccountCreation } from "../../principals/accounts/account-records.ts";
import type { Organization } from "../../principals/accounts/first-account.ts";

export function organizationOutput({ id, managementAccountId }: Organization) {
  return {
    Id: id,
    Arn: `arn:aws:organizations::${managementAccountId}:organization/${id}`,
    FeatureSet: "ALL",
    MasterAccountArn: accountArn({ id, managementAccountId }, managementAccountId),
    MasterAccountId: managementAccountId,
    MasterAccountEmail: managementEmail,
    // No policy of an organization's own is enforced, so none can be put.
    AvailablePolicyTypes: [],
  };
}

export function rootOutput({ id, rootId, managementAccountId }: Organization) {
  return {
    Id: rootId,
    Arn: `arn:aws:organizations::${managementAccountId}:root/${id}/${rootId}`,
    Name: "Root",
    PolicyTypes: [],
  };
}

export function accountOutput(account: Account, organization: Organization) {
  return {
    Id: account.id,
    Arn: accountArn(organization, account.id),
    Email: account.email,
    Name: account.name,
    Status: "ACTIVE",
    State: "ACTIVE",
    Paths: [`${organization.id}/${organization.rootId}/${account.id}/`],
    JoinedMethod: account.joinedMethod,
    JoinedTimestamp: new Date(account.joinedAt),
  };
}

export function creationOutput(creation: AccountCreation) {
  const { id, accountName, state, requestedAt, accountId, failureReason } = creation;
  return {
    Id: id,
    AccountName: accountName,
    State: state,
    RequestedTimestamp: new Date(requestedAt),
    CompletedTimestamp: new Date(requestedAt),
    AccountId: accountId,
    FailureReason: failureReason,
  };
}

function accountArn(
  { id, managementAccountId }: Pick<Organization, "id" | "managementAccountId">,
  accountId: string,
): string {
  return `arn:aws:organizations::${managementAccountId}:account/${id}/${accountId}`;
}
