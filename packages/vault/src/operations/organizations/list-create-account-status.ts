/**
 * Lists the requests to create an account.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListCreateAccountStatus.html
 */
import { list, string } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { everything } from "./everything.ts";
import { input, paging } from "./members.ts";
import { creationOutput } from "./outputs.ts";
import { pageMembers, pageRequest } from "./pages.ts";

export const listCreateAccountStatus = operation({
  name: "ListCreateAccountStatus",
  isReadOnly: true,
  input: input({
    States: list(string({ enum: ["IN_PROGRESS", "SUCCEEDED", "FAILED"] })),
    ...paging,
  }),
  permit: (_input, call) =>
    call.authorize("organizations:ListCreateAccountStatus", everything(call)),

  async run({ States, ...asked }, permit, call) {
    const name = `ListCreateAccountStatus ${States ?? ""}`;
    const request = await pageRequest(asked, name, call);
    const page = await call.vault.accounts.listCreations(permit, States, request);
    return {
      CreateAccountStatuses: page.items.map(creationOutput),
      ...(await pageMembers(page, name, call)),
    };
  },
});
