/**
 * Makes the organization that the vault's accounts are in; the first account manages it.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateOrganization.html
 */
import { notSupported } from "../../errors.ts";
import { string } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { responseElements } from "../response-elements.ts";
import { everything } from "./everything.ts";
import { input } from "./members.ts";
import { organizationOutput } from "./outputs.ts";

export const createOrganization = operation({
  name: "CreateOrganization",
  isReadOnly: false,
  input: input({ FeatureSet: string({ enum: ["ALL", "CONSOLIDATED_BILLING"] }) }),
  permit: (_input, call) => call.authorize("organizations:CreateOrganization", everything(call)),

  async run({ FeatureSet }, permit, { vault, notes }) {
    if (FeatureSet === "CONSOLIDATED_BILLING") {
      throw notSupported("FeatureSet CONSOLIDATED_BILLING", "there are no bills.");
    }
    const organization = await vault.accounts.createOrganization(permit);
    const output = { Organization: organizationOutput(organization) };
    notes.responseElements = responseElements(output);
    return output;
  },
});
