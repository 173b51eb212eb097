/** Twilio's standard API keys: a SID and a secret, of which the secret is shown once. */
import type { AnotherKey } from "../description.ts";

const path = "/2010-04-01/Accounts/{metadata.accountSid}";

export const twilioApiKey: AnotherKey = {
  title: "Twilio API key",
  documentation: "https://www.twilio.com/docs/iam/api-keys/key-resource-v1",
  baseUrl: "https://api.twilio.com",
  authentication: { basic: { user: "{credential.sid}", password: "{credential}" } },
  adminSecret: {
    required: true,
    says: 'JSON {"sid": …, "secret": …} of a main key, or the account’s SID and auth token.',
  },
  metadata: { accountSid: { required: true, says: "The account's SID: AC…" } },
  value: { field: "secret", keyIdField: "sid", isObject: true },
  strategy: "overlap",
  create: {
    method: "POST",
    path: `${path}/Keys.json`,
    form: { FriendlyName: "{name}" },
    key: "/secret",
    keyId: "/sid",
  },
  list: {
    method: "GET",
    path: `${path}/Keys.json`,
    query: { PageSize: "1000" },
    items: "/keys",
    keyId: "/sid",
    name: "/friendly_name",
    pages: { nextUrl: "/next_page_uri" },
  },
  revoke: { method: "DELETE", path: `${path}/Keys/{keyId}.json` },
  // A standard key may read anything but accounts and keys.
  test: { method: "GET", path: `${path}/Messages.json`, query: { PageSize: "1" } },
};
