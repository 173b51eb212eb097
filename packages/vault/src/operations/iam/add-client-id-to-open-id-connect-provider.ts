/**
 * Takes an issuer's tokens for one more audience.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddClientIDToOpenIDConnectProvider.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input } from "./members.ts";
import { clientId, providerArn } from "./oidc-members.ts";

export const addClientIDToOpenIDConnectProvider = operation({
  name: "AddClientIDToOpenIDConnectProvider",
  isReadOnly: false,
  input: input({ OpenIDConnectProviderArn: required(providerArn), ClientID: required(clientId) }),

  async permit({ OpenIDConnectProviderArn }, call) {
    const provider = await call.vault.principals.oidcProviders.locate(OpenIDConnectProviderArn);
    return call.authorize("iam:AddClientIDToOpenIDConnectProvider", provider);
  },

  async run({ ClientID }, permit, call) {
    await call.vault.principals.oidcProviders.addClientId(permit, ClientID);
    return undefined;
  },
});
