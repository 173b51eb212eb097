/**
 * Lists the groups, users and roles that use a managed policy, as a grant or as a boundary.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListEntitiesForPolicy.html
 */
import { required, string } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, paging, path, policyArn, policyUsageFilter } from "./members.ts";
import { pageMembers, pageRequest } from "./pages.ts";

export const listEntitiesForPolicy = operation({
  name: "ListEntitiesForPolicy",
  isReadOnly: true,
  input: input({
    PolicyArn: required(policyArn),
    EntityFilter: string({
      enum: ["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"],
    }),
    PathPrefix: path,
    PolicyUsageFilter: policyUsageFilter,
    ...paging,
  }),

  async permit({ PolicyArn }, call) {
    const policy = await call.vault.principals.policies.locate(call.scope.accountId, PolicyArn);
    return call.authorize("iam:ListEntitiesForPolicy", policy);
  },

  async run(input, permit, call) {
    const { EntityFilter, PathPrefix = "/", PolicyUsageFilter } = input;
    const filter = {
      kinds: EntityFilter === undefined ? kinds : kinds.filter((kind) => kind === EntityFilter),
      pathPrefix: PathPrefix,
      usage: PolicyUsageFilter,
    };
    const { entities } = call.vault.principals.policies;
    const page = await entities.list(permit, filter, pageRequest(input));
    const outputs = (kind: (typeof kinds)[number]) =>
      page.items
        .filter((entity) => entity.kind === kind.toLowerCase())
        .map(({ name, uniqueId }) => ({ [`${kind}Name`]: name, [`${kind}Id`]: uniqueId }));
    return {
      PolicyGroups: outputs("Group"),
      PolicyUsers: outputs("User"),
      PolicyRoles: outputs("Role"),
      ...pageMembers(page),
    };
  },
});

const kinds = ["Group", "User", "Role"] as const;
