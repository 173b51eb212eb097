/**
 * Gives all users, groups, roles and policies of the account with what they have.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
 */
import { list, string } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { account } from "./account.ts";
import { groupDetail, policyDetail, roleDetail, userDetail } from "./details.ts";
import { input, paging } from "./members.ts";
import { pageMembers, pageRequest } from "./pages.ts";

/** One policy may have 30 KB in its versions: a page may be shorter than asked for, as on AWS. */
const itemsMax = 200;

const types = ["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"] as const;

export const getAccountAuthorizationDetails = operation({
  name: "GetAccountAuthorizationDetails",
  isReadOnly: true,
  input: input({ Filter: list(string({ enum: types })), ...paging }),
  permit: (_input, call) => call.authorize("iam:GetAccountAuthorizationDetails", account(call)),

  async run(input, permit, call) {
    const { Filter = [] } = input;
    const { after, limit } = pageRequest(input);
    const page = await call.vault.principals.accountReport.details(
      permit,
      Filter.length === 0 ? types : Filter,
      { after, limit: Math.min(limit, itemsMax) },
    );
    return {
      UserDetailList: page.items.flatMap((item) =>
        item.type === "User" ? [userDetail(item.user)] : [],
      ),
      GroupDetailList: page.items.flatMap((item) =>
        item.type === "Group" ? [groupDetail(item.group)] : [],
      ),
      RoleDetailList: page.items.flatMap((item) =>
        item.type === "Role" ? [roleDetail(item.role, item.profiles)] : [],
      ),
      Policies: page.items.flatMap((item) => ("policy" in item ? [policyDetail(item.policy)] : [])),
      ...pageMembers(page),
    };
  },
});
