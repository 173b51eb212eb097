/**
 * Trusts an issuer of web identity tokens, for the audiences that are named. The issuer isn't
 * asked for its thumbprint where none is given: that makes no difference to whom is trusted.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
 */
import { oidcProviderArn } from "../../principals/identity-providers/oidc-url.ts";
import { list, required, string } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { responseElements } from "../response-elements.ts";
import { input, tags } from "./members.ts";
import { checkThumbprints, clientId, thumbprints } from "./oidc-members.ts";
import { tagsIfAny } from "./outputs.ts";
import { authorizeTags, policyTags, requestTags } from "./tags.ts";

export const createOpenIDConnectProvider = operation({
  name: "CreateOpenIDConnectProvider",
  isReadOnly: false,
  input: input({
    Url: required(string({ min: 1, max: 255 })),
    ClientIDList: list(clientId),
    ThumbprintList: thumbprints,
    Tags: tags,
  }),

  permit({ Url, Tags }, call) {
    const provider = call.vault.principals.oidcProviders.planned(call.scope.accountId, Url);
    const permit = call.authorize("iam:CreateOpenIDConnectProvider", provider, requestTags(Tags));
    authorizeTags(call, "iam:TagOpenIDConnectProvider", provider, Tags);
    return permit;
  },

  async run({ ClientIDList = [], ThumbprintList = [], Tags }, permit, call) {
    checkThumbprints(ThumbprintList);
    const provider = await call.vault.principals.oidcProviders.create(permit, {
      clientIds: ClientIDList,
      thumbprints: ThumbprintList,
      tags: policyTags(Tags),
    });
    const output = {
      OpenIDConnectProviderArn: oidcProviderArn(provider.accountId, provider.url),
      ...tagsIfAny(provider.tags),
    };
    call.notes.responseElements = responseElements(output);
    return output;
  },
});
