/** Anthropic's API keys: a person makes them in the Console, its Admin API lists and disables them. */
import type { KeyByHand } from "../description.ts";

export const anthropicApiKey: KeyByHand = {
  title: "Anthropic API key",
  documentation: "https://platform.claude.com/docs/en/api/admin/api_keys/list",
  baseUrl: "https://api.anthropic.com",
  authentication: {
    headers: { "x-api-key": "{credential}", "anthropic-version": "2023-06-01" },
  },
  adminSecret: { required: true, says: "An Admin API key of the organization: sk-ant-admin…" },
  strategy: "manual",
  instructions:
    "Make a key named {name} at https://platform.claude.com/settings/keys, in the workspace of the " +
    "old one, and put it into the secret as the pending version. The old key is disabled by itself " +
    "when the overlap is over.",
  list: {
    method: "GET",
    path: "/v1/organizations/api_keys",
    query: { limit: "1000" },
    items: "/data",
    keyId: "/id",
    name: "/name",
    hint: "/partial_key_hint",
    where: { "/status": "active" },
    pages: { cursor: "after_id", from: "/last_id" },
  },
  revoke: {
    method: "POST",
    path: "/v1/organizations/api_keys/{keyId}",
    json: { status: "inactive" },
    isIdempotent: true,
  },
  identify: { byHint: true },
  test: { method: "GET", path: "/v1/models" },
};
