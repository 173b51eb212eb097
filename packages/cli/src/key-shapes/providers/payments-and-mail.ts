/** Keys of those who take payments and send messages. Prefixes are promised, lengths mostly not. */
import { gitleaks, issuedBy, type KeyShape, open, secret } from "../key-shape.ts";

export const shapes: readonly KeyShape[] = [
  ...issuedBy("stripe", "Stripe", "https://docs.stripe.com/keys", [
    secret("secret key", "api_key", /^sk_(?<mode>live|test)_\w{10,}$/),
    secret("restricted key", "restricted_key", /^rk_(?<mode>live|test)_\w{10,}$/),
    open("publishable key", "publishable_key", /^pk_(?<mode>live|test)_\w{10,}$/),
  ]),
  ...issuedBy("stripe", "Stripe", "https://docs.stripe.com/webhooks/signature", [
    secret("webhook signing secret", "webhook_secret", /^whsec_[\w+/=]{16,}$/),
  ]),
  ...issuedBy("sendgrid", "SendGrid", gitleaks("sendgrid-api-token"), [
    secret("API key", "api_key", /^SG\.[\w-]{16,}\.[\w-]{16,}$/),
  ]),
  ...issuedBy("twilio", "Twilio", "https://www.twilio.com/docs/glossary/what-is-a-sid", [
    open("account SID", "account_sid", /^AC[0-9a-f]{32}$/),
    // Opens nothing without its secret, but belongs beside it.
    secret("API key SID", "api_key_sid", /^SK[0-9a-f]{32}$/),
  ]),
  ...issuedBy("mailgun", "Mailgun", gitleaks("mailgun-private-api-token"), [
    secret("API key", "api_key", /^(key-[0-9a-f]{32}|[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8})$/),
  ]),
  ...issuedBy("mailchimp", "Mailchimp", gitleaks("mailchimp-api-key"), [
    secret("API key", "api_key", /^[0-9a-f]{32}-us\d{1,2}$/),
  ]),
  ...issuedBy("brevo", "Brevo", gitleaks("sendinblue-api-token"), [
    secret("API key", "api_key", /^x(keysib|smtpsib)-[0-9a-f]{64}-\w{16}$/),
  ]),
  ...issuedBy("resend", "Resend", "https://resend.com/docs/dashboard/api-keys/introduction", [
    secret("API key", "api_key", /^re_[A-Za-z0-9]{6,}_[A-Za-z0-9]{16,}$/),
  ]),
  ...issuedBy("shopify", "Shopify", gitleaks("shopify-access-token"), [
    secret("access token", "access_token", /^shp(at|ca|pa)_[0-9a-fA-F]{32}$/),
  ]),
  ...issuedBy("shopify", "Shopify", gitleaks("shopify-shared-secret"), [
    secret("shared secret", "shared_secret", /^shpss_[0-9a-fA-F]{32}$/),
  ]),
  ...issuedBy("square", "Square", gitleaks("square-access-token"), [
    secret("access token", "access_token", /^(EAAA[\w-]{56,}|sq0atp-[\w-]{22,})$/),
  ]),
  ...issuedBy(
    "square",
    "Square",
    "https://developer.squareup.com/docs/build-basics/access-tokens",
    [secret("application secret", "application_secret", /^sq0csp-[\w-]{43,}$/)],
  ),
  ...issuedBy(
    "paypal",
    "PayPal",
    "https://developer.paypal.com/braintree/docs/guides/extend/oauth/access-tokens",
    [
      secret(
        "Braintree access token",
        "access_token",
        /^access_token\$(production|sandbox)\$[0-9a-z]{16}\$[0-9a-f]{32}$/,
      ),
    ],
  ),
  ...issuedBy("slack", "Slack", "https://docs.slack.dev/authentication/tokens", [
    secret("token", "token", /^xox[abeoprs](\.xox[bp])?-[\w-]{10,}$/),
    secret("app-level token", "app_token", /^xapp-[\w-]{10,}$/),
  ]),
  ...issuedBy(
    "slack",
    "Slack",
    "https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks",
    [
      secret(
        "incoming webhook",
        "webhook_url",
        /^https:\/\/hooks\.slack\.com\/(services|workflows|triggers)\/\S+$/,
      ),
    ],
  ),
  ...issuedBy("telegram", "Telegram", gitleaks("telegram-bot-api-token"), [
    secret("bot token", "bot_token", /^\d{8,10}:[\w-]{35}$/),
  ]),
  ...issuedBy(
    "discord",
    "Discord",
    "https://discord.com/developers/docs/reference#authentication",
    [secret("bot token", "bot_token", /^[MNO][\w-]{23,25}\.[\w-]{6}\.[\w-]{27,}$/)],
  ),
  ...issuedBy("discord", "Discord", "https://discord.com/developers/docs/resources/webhook", [
    secret("webhook", "webhook_url", /^https:\/\/discord(app)?\.com\/api\/webhooks\/\S+$/),
  ]),
];
