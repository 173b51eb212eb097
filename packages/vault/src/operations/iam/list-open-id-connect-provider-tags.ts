/**
 * Lists the tags of a provider of web identities, in the order of their keys.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListOpenIDConnectProviderTags.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, paging } from "./members.ts";
import { providerArn } from "./oidc-members.ts";
import { tagsOutput } from "./outputs.ts";
import { pageMembers, pageRequest } from "./pages.ts";

export const listOpenIDConnectProviderTags = operation({
  name: "ListOpenIDConnectProviderTags",
  isReadOnly: true,
  input: input({ OpenIDConnectProviderArn: required(providerArn), ...paging }),

  async permit({ OpenIDConnectProviderArn }, call) {
    const provider = await call.vault.principals.oidcProviders.locate(OpenIDConnectProviderArn);
    return call.authorize("iam:ListOpenIDConnectProviderTags", provider);
  },

  async run(input, permit, call) {
    const page = await call.vault.principals.oidcProviders.listTags(permit, pageRequest(input));
    return { Tags: tagsOutput(page.items), ...pageMembers(page) };
  },
});
