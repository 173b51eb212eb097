/** Stripe's API keys: its API for them is in private preview, so a person rolls them. */
import type { KeyByHand } from "../description.ts";

export const stripeApiKey: KeyByHand = {
  title: "Stripe API key",
  documentation: "https://docs.stripe.com/keys",
  baseUrl: "https://api.stripe.com",
  authentication: { headers: { authorization: "Bearer {credential}" } },
  strategy: "manual",
  instructions:
    "At https://dashboard.stripe.com/apikeys create a key that may do what the old one may, named " +
    "{name}, and put it into the secret as the pending version. Leave the old one: you are told " +
    "when nobody reads it any more.",
  revokeInstructions:
    "At https://dashboard.stripe.com/apikeys delete the key of version {version}: it is named " +
    "{name}, unless it is older than the secret's rotation.",
  // A restricted key that may not read balances is a good one nevertheless.
  test: { method: "GET", path: "/v1/balance", refused: [401], accepted: [403] },
};
