/**
 * Paddle's rotatable API keys: a key rotates itself. The new secret comes to life when it is first
 * used, and only then the old one's grace time begins; a rotation whose answer was lost is cancelled
 * by the next one, so nothing is left behind.
 */
import type { RolledKey } from "../description.ts";

export const paddleApiKey: RolledKey = {
  title: "Paddle API key",
  documentation: "https://developer.paddle.com/api-reference/api-keys/create-api-key-rotation",
  baseUrl: "https://api.paddle.com",
  sites: { sandbox: "https://sandbox-api.paddle.com" },
  authentication: { headers: { authorization: "Bearer {credential}" } },
  metadata: {
    gracePeriodSeconds: {
      required: false,
      says: "As AWS names it: how long the old key lives, 0 to 86400; gracePeriod says the same.",
    },
  },
  value: { field: "api_key" },
  strategy: "grace",
  // pdl_live_apikey_ID_SECRET
  identify: { pattern: "^pdl_[a-z]+_(apikey_[a-z\\d]{26})_" },
  roll: {
    method: "POST",
    path: "/api-keys/{keyId}/rotations",
    json: { grace_period_seconds: "{graceSeconds}" },
    key: "/data/new_key",
  },
  test: { method: "GET", path: "/event-types" },
};
