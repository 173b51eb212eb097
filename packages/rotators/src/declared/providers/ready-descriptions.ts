/** The descriptions that come with Claviger, by the type that a secret names. */
import type { KeyDescription } from "../description.ts";
import { anthropicApiKey } from "./anthropic.ts";
import { cloudflareAccountApiToken, cloudflareApiToken } from "./cloudflare.ts";
import { datadogApiKey } from "./datadog.ts";
import { gitHubAppPrivateKey } from "./github-app.ts";
import { gitLabGroupAccessToken, gitLabProjectAccessToken } from "./gitlab.ts";
import { grafanaServiceAccountToken } from "./grafana.ts";
import { launchDarklyAccessToken } from "./launch-darkly.ts";
import { mailgunApiKey } from "./mailgun.ts";
import { openAiServiceAccountKey } from "./open-ai.ts";
import { paddleApiKey } from "./paddle.ts";
import { sendGridApiKey } from "./send-grid.ts";
import { stripeApiKey } from "./stripe.ts";
import { twilioApiKey } from "./twilio.ts";

export const readyDescriptions: Readonly<Record<string, KeyDescription>> = {
  AnthropicApiKey: anthropicApiKey,
  CloudflareAccountApiToken: cloudflareAccountApiToken,
  CloudflareApiToken: cloudflareApiToken,
  DatadogApiKey: datadogApiKey,
  GitHubAppPrivateKey: gitHubAppPrivateKey,
  GitLabGroupAccessToken: gitLabGroupAccessToken,
  GitLabProjectAccessToken: gitLabProjectAccessToken,
  GrafanaServiceAccountToken: grafanaServiceAccountToken,
  LaunchDarklyAccessToken: launchDarklyAccessToken,
  MailgunApiKey: mailgunApiKey,
  OpenAIServiceAccountKey: openAiServiceAccountKey,
  PaddleApiKey: paddleApiKey,
  SendGridApiKey: sendGridApiKey,
  StripeApiKey: stripeApiKey,
  TwilioApiKey: twilioApiKey,
};
