/** For tests: an account whose roles web identities of a stand-in issuer may assume. */
import { IAM } from "@aws-sdk/client-iam";
import { type AssumeRoleWithWebIdentityCommandInput, STS } from "@aws-sdk/client-sts";
import type { TokenPart } from "../../../../tools/harness/json-web-token.ts";
import { type OidcIssuer, startOidcIssuer } from "../../../../tools/harness/oidc-issuer.ts";
import { startVault } from "../../src/testing/index.ts";

const account = "123456789012";
export const audience = "sts.amazonaws.com";

export async function startFederation() {
  const vault = await startVault();
  const issuer = await startOidcIssuer();
  const iam = new IAM(vault.client);
  // No credentials at all: nothing may be needed but the token.
  const { credentials: _, ...unsigned } = vault.client;
  const sts = new STS(unsigned);

  /** The account root, at the vault's time. */
  function admin(): IAM {
    iam.config.systemClockOffset = vault.clock.now() - Date.now();
    return iam;
  }

  async function register(of: OidcIssuer = issuer, thumbprints = [of.thumbprint]) {
    const { OpenIDConnectProviderArn = "" } = await admin().createOpenIDConnectProvider({
      Url: of.url,
      ClientIDList: [audience],
      ThumbprintList: thumbprints,
    });
    return OpenIDConnectProviderArn;
  }

  return {
    vault,
    issuer,
    admin,
    register,
    provider: await register(),
    /** A role that the issuer's tokens may assume under the conditions; its ARN. */
    async createRole(RoleName: string, condition: object = {}, actions: readonly string[] = []) {
      const { Role } = await admin().createRole({
        RoleName,
        AssumeRolePolicyDocument: JSON.stringify({
          Version: "2012-10-17",
          Statement: {
            Effect: "Allow",
            Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${issuer.name}` },
            Action: ["sts:AssumeRoleWithWebIdentity", ...actions],
            Condition: condition,
          },
        }),
      });
      return Role?.Arn ?? "";
    },
    token: (claims: TokenPart = {}, header: TokenPart = {}) =>
      issuer.token({ sub: "somebody", aud: audience, ...claims }, header),
    assume(
      RoleArn: string,
      WebIdentityToken: string,
      more: Partial<AssumeRoleWithWebIdentityCommandInput> = {},
    ) {
      const RoleSessionName = "job-1";
      return sts.assumeRoleWithWebIdentity({
        RoleArn,
        RoleSessionName,
        WebIdentityToken,
        ...more,
      });
    },
    async close() {
      iam.destroy();
      sts.destroy();
      await issuer.close();
      await vault.close();
    },
  };
}

export type Federation = Awaited<ReturnType<typeof startFederation>>;
