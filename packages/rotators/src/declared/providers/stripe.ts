/** Stripe's API keys: its API for them is in private preview, so a person rolls them. */
import type { KeyByHand } from "../description.ts";

export const stripeApiKey: KeyByHand = {
  title: "Stripe API key",
  documentation: "https://docs.stripe.com/keys",
  baseUrl: "https://api.stripe.com",
  authentication: { headers: { authorization: "Bearer {credential}" } },
  strategy: "manual",
  instructions:
    "At https://dashboard.stripe.com/apikeys rotate the key, and let the old one expire later than " +
    "every reader has moved, in 24 hours say; note {name} on the new one. Put it into the secret as " +
    "the pending version.",
  // A restricted key that may not read balances is a good one nevertheless.
  test: { method: "GET", path: "/v1/balance", refused: [401], accepted: [403] },
};
