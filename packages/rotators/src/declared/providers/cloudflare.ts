/** Cloudflare's API tokens, of a user and of an account: named, with policies, shown once. */
import type { AnotherKey } from "../description.ts";

const common = {
  documentation: "https://developers.cloudflare.com/fundamentals/api/how-to/create-via-api/",
  baseUrl: "https://api.cloudflare.com/client/v4",
  authentication: { headers: { authorization: "Bearer {credential}" } },
  adminSecret: {
    required: true,
    says: "An API token that may edit API tokens: the template “Create Additional Tokens”.",
  },
  value: { field: "apiToken" },
  strategy: "overlap",
} as const;

export const cloudflareApiToken: AnotherKey = {
  ...common,
  ...tokensAt("/user/tokens"),
  title: "Cloudflare API token of a user",
};

export const cloudflareAccountApiToken: AnotherKey = {
  ...common,
  ...tokensAt("/accounts/{metadata.accountId}/tokens"),
  title: "Cloudflare API token of an account",
  metadata: { accountId: { required: true, says: "The account's id, of 32 hexadecimal digits." } },
};

function tokensAt(path: string) {
  return {
    copy: {
      method: "GET",
      path: `${path}/{keyId}`,
      values: { policies: "/result/policies" },
      optionalValues: { condition: "/result/condition" },
    },
    create: {
      method: "POST",
      path,
      json: { name: "{name}", policies: "{copied.policies}", condition: "{copied.condition}" },
      key: "/result/value",
      keyId: "/result/id",
    },
    list: {
      method: "GET",
      path,
      query: { per_page: "50" },
      items: "/result",
      keyId: "/id",
      name: "/name",
      pages: { page: "page", first: 1, size: 50 },
    },
    revoke: { method: "DELETE", path: `${path}/{keyId}` },
    identify: { method: "GET", path: `${path}/verify`, keyId: "/result/id" },
    test: { method: "GET", path: `${path}/verify`, where: { "/result/status": "active" } },
  } as const;
}
