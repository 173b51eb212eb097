/** Twilio SendGrid's API keys: up to 100 side by side, named, with scopes, shown once. */
import type { KeyDescription } from "../description.ts";

export const sendGridApiKey: KeyDescription = {
  title: "SendGrid API key",
  documentation: "https://www.twilio.com/docs/sendgrid/api-reference/api-keys",
  baseUrl: "https://api.sendgrid.com",
  sites: { eu: "https://api.eu.sendgrid.com" },
  authentication: { headers: { authorization: "Bearer {credential}" } },
  adminSecret: {
    required: false,
    says: "An API key that may read, create and delete API keys; without it the key itself must.",
  },
  strategy: "overlap",
  // The id is the middle of SG.ID.SECRET.
  identify: { pattern: "^SG\\.([^.]+)\\." },
  copy: { method: "GET", path: "/v3/api_keys/{keyId}", values: { scopes: "/scopes" } },
  create: {
    method: "POST",
    path: "/v3/api_keys",
    json: { name: "{name}", scopes: "{copied.scopes}" },
    key: "/api_key",
    keyId: "/api_key_id",
  },
  list: {
    method: "GET",
    path: "/v3/api_keys",
    items: "/result",
    keyId: "/api_key_id",
    name: "/name",
  },
  revoke: { method: "DELETE", path: "/v3/api_keys/{keyId}" },
  maxKeys: 100,
  test: { method: "GET", path: "/v3/scopes" },
};
