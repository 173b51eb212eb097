/**
 * STS: who am I, and credentials that expire. Federation by SAML and by this vault's own tokens
 * (AssumeRoleWithSAML, GetFederationToken, AssumeRoot and the rest) is not here: roles and web
 * identities do what they do.
 */
import type { Service } from "../operation.ts";
import { assumeRole } from "./assume-role.ts";
import { assumeRoleWithWebIdentity } from "./assume-role-with-web-identity.ts";
import { decodeAuthorizationMessage } from "./decode-authorization-message.ts";
import { getAccessKeyInfo } from "./get-access-key-info.ts";
import { getCallerIdentity } from "./get-caller-identity.ts";
import { getSessionToken } from "./get-session-token.ts";

export const sts: Service = {
  name: "sts",
  protocol: "aws-query",
  targetPrefixes: [],
  version: "2011-06-15",
  xmlNamespace: "https://sts.amazonaws.com/doc/2011-06-15/",
  operations: [
    assumeRole,
    assumeRoleWithWebIdentity,
    decodeAuthorizationMessage,
    getAccessKeyInfo,
    getCallerIdentity,
    getSessionToken,
  ],
};
