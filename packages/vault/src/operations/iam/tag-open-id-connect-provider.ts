/**
 * Adds tags to a provider of web identities, or gives new values to those it has.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagOpenIDConnectProvider.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, tags } from "./members.ts";
import { providerArn } from "./oidc-members.ts";
import { policyTags, requestTags } from "./tags.ts";

export const tagOpenIDConnectProvider = operation({
  name: "TagOpenIDConnectProvider",
  isReadOnly: false,
  input: input({ OpenIDConnectProviderArn: required(providerArn), Tags: required(tags) }),

  async permit({ OpenIDConnectProviderArn, Tags }, call) {
    const provider = await call.vault.principals.oidcProviders.locate(OpenIDConnectProviderArn);
    return call.authorize("iam:TagOpenIDConnectProvider", provider, requestTags(Tags));
  },

  async run({ Tags }, permit, call) {
    await call.vault.principals.oidcProviders.tag(permit, policyTags(Tags));
    return undefined;
  },
});
