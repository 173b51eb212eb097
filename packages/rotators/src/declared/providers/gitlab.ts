/**
 * GitLab's access tokens of projects and groups. They are made side by side, and not by the rotate
 * endpoint: that one kills the old token at once, and takes a try that comes again for a stolen
 * token, whereupon it revokes the new one too.
 */
import type { AnotherKey } from "../description.ts";

export const gitLabProjectAccessToken: AnotherKey = tokensOf("projects", "project");
export const gitLabGroupAccessToken: AnotherKey = tokensOf("groups", "group");

function tokensOf(collection: string, kind: string): AnotherKey {
  const path = `/${collection}/{metadata.${kind}}/access_tokens`;
  const self = { method: "GET", path: "/personal_access_tokens/self" } as const;
  return {
    title: `GitLab ${kind} access token`,
    documentation: `https://docs.gitlab.com/api/${kind}_access_tokens/`,
    baseUrl: "https://gitlab.com/api/v4",
    authentication: { headers: { "private-token": "{credential}" } },
    adminSecret: {
      required: true,
      says: `A token with the scope api, of an owner or maintainer of the ${kind}.`,
    },
    metadata: { [kind]: { required: true, says: `The ${kind}'s id or path.` } },
    value: { field: "token" },
    strategy: "overlap",
    copy: {
      method: "GET",
      path: `${path}/{keyId}`,
      values: { scopes: "/scopes", accessLevel: "/access_level" },
    },
    create: {
      method: "POST",
      path,
      json: {
        name: "{name}",
        scopes: "{copied.scopes}",
        access_level: "{copied.accessLevel}",
        expires_at: "{dateInAYear}",
      },
      key: "/token",
      keyId: "/id",
    },
    list: {
      method: "GET",
      path,
      query: { state: "active", per_page: "100" },
      items: "",
      keyId: "/id",
      name: "/name",
      pages: { linkHeader: true },
    },
    revoke: { method: "DELETE", path: `${path}/{keyId}` },
    identify: { ...self, keyId: "/id" },
    test: { ...self, where: { "/active": true } },
  };
}
