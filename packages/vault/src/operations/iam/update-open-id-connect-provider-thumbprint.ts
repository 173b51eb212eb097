/**
 * Replaces the certificates by which an issuer without a public authority is known.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateOpenIDConnectProviderThumbprint.html
 */
import { required } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { input } from "./members.ts";
import { checkThumbprints, providerArn, thumbprints } from "./oidc-members.ts";

export const updateOpenIDConnectProviderThumbprint = operation({
  name: "UpdateOpenIDConnectProviderThumbprint",
  isReadOnly: false,
  input: input({
    OpenIDConnectProviderArn: required(providerArn),
    ThumbprintList: required(thumbprints),
  }),

  async permit({ OpenIDConnectProviderArn }, call) {
    const provider = await call.vault.principals.oidcProviders.locate(OpenIDConnectProviderArn);
    return call.authorize("iam:UpdateOpenIDConnectProviderThumbprint", provider);
  },

  async run({ ThumbprintList }, permit, call) {
    checkThumbprints(ThumbprintList);
    await call.vault.principals.oidcProviders.updateThumbprints(permit, ThumbprintList);
    return undefined;
  },
});
