/** Groups, instance profiles, identity providers, access reports, key grants and organizations. */
import type { Migration } from "./migration.ts";
import { tablesWithIndex } from "./table-with-index.ts";

const tables = [
  "groups",
  "group_members",
  "instance_profiles",
  "oidc_providers",
  "access_reports",
  "key_grants",
  "organizations",
];

export const identitiesAndGrants: Migration = {
  version: 2,
  title: "identities and grants",
  ...tablesWithIndex(tables),
};
