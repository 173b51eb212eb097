/** Of the settings: who is told of notices. */
import { resolve } from "node:path";
import { ConfigurationError } from "./configuration-error.ts";
import type { Given } from "./given.ts";

export interface WebhookSetting {
  readonly url: string;
  /** Absolute. */
  readonly secretFile: string;
}

/** The URL may hold a token, so no message quotes it. */
export function webhookFrom(given: Given): WebhookSetting | undefined {
  const url = given("noticesWebhook");
  const secretFile = given("noticesSecretFile");
  if (url === undefined && secretFile === undefined) return undefined;
  if (url === undefined || secretFile === undefined) {
    throw new ConfigurationError(
      "half of the webhook is missing",
      "give --notices-webhook and --notices-secret-file, or neither",
    );
  }
  const { protocol, hostname } = URL.parse(url) ?? { protocol: "", hostname: "" };
  const isLocal = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  if (protocol !== "https:" && !(protocol === "http:" && isLocal)) {
    throw new ConfigurationError(
      "--notices-webhook is no URL that notices can be sent to",
      "give an https:// URL; plain HTTP serves on loopback alone",
    );
  }
  return { url, secretFile: resolve(secretFile) };
}
