/**
 * Takes an issuer's tokens for an audience no longer.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveClientIDFromOpenIDConnectProvider.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input } from "./members.ts";
import { clientId, providerArn } from "./oidc-members.ts";

export const removeClientIDFromOpenIDConnectProvider = operation({
  name: "RemoveClientIDFromOpenIDConnectProvider",
  isReadOnly: false,
  input: input({ OpenIDConnectProviderArn: required(providerArn), ClientID: required(clientId) }),

  async permit({ OpenIDConnectProviderArn }, call) {
    const provider = await call.vault.principals.oidcProviders.locate(OpenIDConnectProviderArn);
    return call.authorize("iam:RemoveClientIDFromOpenIDConnectProvider", provider);
  },

  async run({ ClientID }, permit, call) {
    await call.vault.principals.oidcProviders.removeClientId(permit, ClientID);
    return undefined;
  },
});
