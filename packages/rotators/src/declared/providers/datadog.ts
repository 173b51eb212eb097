/** Datadog's API keys: named, side by side. The calls that manage them need an application key too. */
import type { AnotherKey } from "../description.ts";

export const datadogApiKey: AnotherKey = {
  title: "Datadog API key",
  documentation: "https://docs.datadoghq.com/api/latest/key-management/",
  baseUrl: "https://api.datadoghq.com",
  sites: {
    us3: "https://api.us3.datadoghq.com",
    us5: "https://api.us5.datadoghq.com",
    eu: "https://api.datadoghq.eu",
    ap1: "https://api.ap1.datadoghq.com",
    ap2: "https://api.ap2.datadoghq.com",
    gov: "https://api.ddog-gov.com",
  },
  authentication: {
    headers: { "dd-api-key": "{credential}", "dd-application-key": "{credential.applicationKey}" },
  },
  adminSecret: {
    required: true,
    says: 'JSON {"apiKey": …, "applicationKey": …}, the latter with api_keys_read, _write and _delete.',
  },
  strategy: "overlap",
  create: {
    method: "POST",
    path: "/api/v2/api_keys",
    json: { data: { type: "api_keys", attributes: { name: "{name}" } } },
    key: "/data/attributes/key",
    keyId: "/data/id",
  },
  list: {
    method: "GET",
    path: "/api/v2/api_keys",
    query: { "page[size]": "100" },
    items: "/data",
    keyId: "/id",
    name: "/attributes/name",
    hint: "/attributes/last4",
    pages: { page: "page[number]", first: 0, size: 100 },
  },
  revoke: { method: "DELETE", path: "/api/v2/api_keys/{keyId}" },
  identify: { byHint: true },
  test: {
    method: "GET",
    path: "/api/v1/validate",
    authentication: { headers: { "dd-api-key": "{credential}" } },
  },
};
