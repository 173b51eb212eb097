/**
 * Tells what became of a request to create an account.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeCreateAccountStatus.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { everything } from "./everything.ts";
import { creationId, input } from "./members.ts";
import { creationOutput } from "./outputs.ts";

export const describeCreateAccountStatus = operation({
  name: "DescribeCreateAccountStatus",
  isReadOnly: true,
  input: input({ CreateAccountRequestId: required(creationId) }),
  permit: (_input, call) =>
    call.authorize("organizations:DescribeCreateAccountStatus", everything(call)),
  async run({ CreateAccountRequestId }, permit, { vault }) {
    const creation = await vault.accounts.creation(permit, CreateAccountRequestId);
    return { CreateAccountStatus: creationOutput(creation) };
  },
});
