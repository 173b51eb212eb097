/**
 * Takes tags from a provider of web identities.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagOpenIDConnectProvider.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input, tagKeys } from "./members.ts";
import { providerArn } from "./oidc-members.ts";
import { tagKeyConditions } from "./tags.ts";

export const untagOpenIDConnectProvider = operation({
  name: "UntagOpenIDConnectProvider",
  isReadOnly: false,
  input: input({ OpenIDConnectProviderArn: required(providerArn), TagKeys: required(tagKeys) }),

  async permit({ OpenIDConnectProviderArn, TagKeys }, call) {
    const provider = await call.vault.principals.oidcProviders.locate(OpenIDConnectProviderArn);
    return call.authorize("iam:UntagOpenIDConnectProvider", provider, tagKeyConditions(TagKeys));
  },

  async run({ TagKeys }, permit, call) {
    await call.vault.principals.oidcProviders.untag(permit, TagKeys);
    return undefined;
  },
});
