/**
 * Tells about a provider of web identities.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOpenIDConnectProvider.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input } from "./members.ts";
import { providerArn } from "./oidc-members.ts";
import { tagsOutput } from "./outputs.ts";

export const getOpenIDConnectProvider = operation({
  name: "GetOpenIDConnectProvider",
  isReadOnly: true,
  input: input({ OpenIDConnectProviderArn: required(providerArn) }),

  async permit({ OpenIDConnectProviderArn }, call) {
    const provider = await call.vault.principals.oidcProviders.locate(OpenIDConnectProviderArn);
    return call.authorize("iam:GetOpenIDConnectProvider", provider);
  },

  async run(_input, permit, call) {
    const provider = await call.vault.principals.oidcProviders.get(permit);
    return {
      Url: provider.url,
      ClientIDList: provider.clientIds,
      ThumbprintList: provider.thumbprints,
      CreateDate: new Date(provider.createdAt),
      Tags: tagsOutput(provider.tags),
    };
  },
});
