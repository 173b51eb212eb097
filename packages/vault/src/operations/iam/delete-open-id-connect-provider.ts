/**
 * Trusts an issuer no longer. Roles whose trust policies name it stay as they are.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteOpenIDConnectProvider.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input } from "./members.ts";
import { providerArn } from "./oidc-members.ts";

export const deleteOpenIDConnectProvider = operation({
  name: "DeleteOpenIDConnectProvider",
  isReadOnly: false,
  input: input({ OpenIDConnectProviderArn: required(providerArn) }),

  async permit({ OpenIDConnectProviderArn }, call) {
    const provider = await call.vault.principals.oidcProviders.locate(OpenIDConnectProviderArn);
    return call.authorize("iam:DeleteOpenIDConnectProvider", provider);
  },

  async run(_input, permit, call) {
    await call.vault.principals.oidcProviders.delete(permit);
    return undefined;
  },
});
