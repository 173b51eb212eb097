/** Mailgun's API keys of users: they have a role, and are told apart by their description. */
import type { AnotherKey } from "../description.ts";

export const mailgunApiKey: AnotherKey = {
  title: "Mailgun API key",
  documentation:
    "https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/keys/post-v1-keys",
  baseUrl: "https://api.mailgun.net",
  sites: { eu: "https://api.eu.mailgun.net" },
  authentication: { basic: { user: "api", password: "{credential}" } },
  adminSecret: { required: true, says: "An API key whose role is admin." },
  metadata: {
    role: { required: true, says: "Of the new key: admin, developer or basic." },
  },
  strategy: "overlap",
  create: {
    method: "POST",
    path: "/v1/keys",
    multipart: { role: "{metadata.role}", kind: "user", description: "{name}" },
    key: "/key/secret",
    keyId: "/key/id",
  },
  list: {
    method: "GET",
    path: "/v1/keys",
    query: { kind: "user" },
    items: "/items",
    keyId: "/id",
    name: "/description",
  },
  revoke: { method: "DELETE", path: "/v1/keys/{keyId}" },
  test: { method: "GET", path: "/v3/domains", query: { limit: "1" } },
};
