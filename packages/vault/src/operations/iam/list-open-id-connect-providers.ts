/**
 * Lists the ARNs of the account's providers of web identities.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListOpenIDConnectProviders.html
 */
import { oidcProviderArn } from "../../principals/identity-providers/oidc-url.ts";
import { operation } from "../operation.ts";
import { input } from "./members.ts";

export const listOpenIDConnectProviders = operation({
  name: "ListOpenIDConnectProviders",
  isReadOnly: true,
  input: input({}),

  permit(_input, call) {
    const providers = call.vault.principals.oidcProviders.all(call.scope.accountId);
    return call.authorize("iam:ListOpenIDConnectProviders", providers);
  },

  async run(_input, permit, call) {
    const providers = await call.vault.principals.oidcProviders.list(permit);
    return {
      OpenIDConnectProviderList: providers.map(({ accountId, url }) => ({
        Arn: oidcProviderArn(accountId, url),
      })),
    };
  },
});
