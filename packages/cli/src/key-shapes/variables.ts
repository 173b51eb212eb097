/**
 * Keys whose shape many share, as 32 hexadecimal digits: who issued them is said by the variable
 * that holds them. Looked at before the other shapes, since two providers also share a prefix.
 */
import { inVariables, issuedBy, type KeyShape, secret } from "./key-shape.ts";

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const hex32 = /^[0-9a-f]{32}$/i;
const aws = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html";
const cloudflare = "https://developers.cloudflare.com/fundamentals/api/get-started/";
const clerk = "https://clerk.com/docs/deployments/clerk-environment-variables";

export const shapes: readonly KeyShape[] = [
  ...inVariables(
    "AWS|SECRET_ACCESS_KEY",
    issuedBy("aws", "AWS", aws, [
      secret("secret access key", "secret_access_key", /^[A-Za-z0-9+/]{40}$/),
    ]),
  ),
  ...inVariables(
    "AWS_SESSION_TOKEN",
    issuedBy("aws", "AWS", aws, [
      secret("session token", "session_token", /^[A-Za-z0-9+/=]{100,}$/),
    ]),
  ),
  ...inVariables(
    "CLERK",
    issuedBy("clerk", "Clerk", clerk, [
      secret("secret key", "secret_key", /^sk_(?<mode>live|test)_\w{10,}$/),
    ]),
  ),
  ...inVariables(
    "DATADOG|DD",
    issuedBy("datadog", "Datadog", "https://docs.datadoghq.com/account_management/api-app-keys/", [
      secret("API key", "api_key", hex32),
      secret("application key", "app_key", /^[0-9a-f]{40}$/i),
    ]),
  ),
  ...inVariables(
    "TWILIO",
    issuedBy("twilio", "Twilio", "https://www.twilio.com/docs/iam/api/authtoken", [
      secret("auth token", "auth_token", hex32),
    ]),
  ),
  ...inVariables(
    "CLOUDFLARE|CF",
    issuedBy("cloudflare", "Cloudflare", cloudflare, [
      secret("global API key", "api_key", /^[0-9a-f]{37}$/i),
      secret("API token", "api_token", /^[\w-]{40}$/),
    ]),
  ),
  ...inVariables(
    "PAYPAL",
    issuedBy("paypal", "PayPal", "https://developer.paypal.com/api/rest/", [
      secret("client secret", "client_secret", /^E[\w-]{60,}$/),
    ]),
  ),
  ...inVariables(
    "ALGOLIA",
    issuedBy("algolia", "Algolia", "https://www.algolia.com/doc/guides/security/api-keys/", [
      secret("API key", "api_key", hex32),
    ]),
  ),
  ...inVariables(
    "POSTMARK",
    issuedBy("postmark", "Postmark", "https://postmarkapp.com/developer/api/overview", [
      secret("server token", "server_token", uuid),
    ]),
  ),
  ...inVariables(
    "HEROKU",
    issuedBy("heroku", "Heroku", "https://devcenter.heroku.com/articles/authentication", [
      secret("API key", "api_key", uuid),
      secret("API key", "api_key", /^HRKU-[\w-]{36,}$/),
    ]),
  ),
  ...inVariables(
    "MISTRAL",
    issuedBy("mistral", "Mistral", "https://docs.mistral.ai/getting-started/quickstart/", [
      secret("API key", "api_key", /^[A-Za-z0-9]{32}$/),
    ]),
  ),
];
