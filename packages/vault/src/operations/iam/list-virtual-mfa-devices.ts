/**
 * Lists the virtual MFA devices of the account, which has none in this vault.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListVirtualMFADevices.html
 */
import { string } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, paging } from "./members.ts";
import { emptyPage } from "./pages.ts";

export const listVirtualMFADevices = operation({
  name: "ListVirtualMFADevices",
  isReadOnly: true,
  input: input({
    AssignmentStatus: string({ enum: ["Assigned", "Unassigned", "Any"] }),
    ...paging,
  }),

  permit(_input, call) {
    const { accountId } = call.scope;
    const devices = { arn: `arn:aws:iam::${accountId}:mfa/`, accountId, tags: {} };
    return call.authorize("iam:ListVirtualMFADevices", devices);
  },

  run(input) {
    return { VirtualMFADevices: [], ...emptyPage(input) };
  },
});
