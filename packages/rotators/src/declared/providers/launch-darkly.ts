/**
 * LaunchDarkly's access tokens: a reset makes up another value, and the old one expires when we
 * say. A token whose answer was lost expires at the next reset's grace time.
 */
import type { RolledKey } from "../description.ts";

export const launchDarklyAccessToken: RolledKey = {
  title: "LaunchDarkly access token",
  documentation: "https://launchdarkly.com/docs/api/access-tokens/reset-token",
  baseUrl: "https://app.launchdarkly.com",
  sites: {
    eu: "https://app.eu.launchdarkly.com",
    federal: "https://app.launchdarkly.us",
  },
  authentication: { headers: { authorization: "{credential}" } },
  adminSecret: {
    required: false,
    says: "An access token that may reset others; without it the token itself must.",
  },
  metadata: { tokenId: { required: true, says: "The token's id, which stays the same." } },
  value: { field: "accessToken" },
  strategy: "grace",
  roll: {
    method: "POST",
    path: "/api/v2/tokens/{metadata.tokenId}/reset",
    query: { expiry: "{graceEndsAtMilliseconds}" },
    key: "/token",
  },
  newest: { method: "GET", path: "/api/v2/tokens/{metadata.tokenId}", hint: "/token" },
  test: { method: "GET", path: "/api/v2/caller-identity" },
};
