/** Tokens of a service account of Grafana Cloud; of a Grafana of one's own with another base URL. */
import type { AnotherKey } from "../description.ts";

const path = "/api/serviceaccounts/{metadata.serviceAccountId}/tokens";

export const grafanaServiceAccountToken: AnotherKey = {
  title: "Grafana service account token",
  documentation: "https://grafana.com/docs/grafana/latest/developers/http_api/serviceaccount/",
  baseUrl: "https://{metadata.stack}.grafana.net",
  authentication: { headers: { authorization: "Bearer {credential}" } },
  adminSecret: {
    required: true,
    says: "A token of a service account that may write service accounts.",
  },
  metadata: {
    stack: { required: true, says: "The stack's name: the first part of its host's." },
    serviceAccountId: { required: true, says: "The service account's number." },
  },
  value: { field: "token" },
  strategy: "overlap",
  create: { method: "POST", path, json: { name: "{name}" }, key: "/key", keyId: "/id" },
  list: { method: "GET", path, items: "", keyId: "/id", name: "/name" },
  revoke: { method: "DELETE", path: `${path}/{keyId}` },
  // An account without a role may not read its organization, but is known.
  test: { method: "GET", path: "/api/org", refused: [401], accepted: [403] },
};
