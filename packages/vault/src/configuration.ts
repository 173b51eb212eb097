/** A vault's configuration, from flags and environment: checked, with its limits. */
import { resolve } from "node:path";
import { ConfigurationError } from "./configuration/configuration-error.ts";
import { type Given, settingOf } from "./configuration/given.ts";
import { networkFrom } from "./configuration/network.ts";
import { type WebhookSetting, webhookFrom } from "./configuration/notices-webhook.ts";
import { type RootCredentials, rootCredentialsFrom, rootKeyFrom } from "./configuration/root.ts";
import { type RotatorsConfiguration, rotatorsFrom } from "./configuration/rotators.ts";
import {
  type DatabaseSetting,
  DatabaseSettingError,
  parseDatabaseSetting,
} from "./database-setting.ts";
import type { RootKeySetting } from "./encryption/root-keys/sources.ts";
import { type SettingName, settings } from "./settings.ts";
import { parseRates, type Rates, RatesError } from "./throttling/rates.ts";

export interface Configuration {
  readonly host: string;
  readonly port: number;
  /** Absolute. */
  readonly dataDirectory: string;
  readonly accountId: string;
  /** undefined: the embedded database in the data folder. */
  readonly database: DatabaseSetting | undefined;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
  readonly trustedProxies: readonly string[];
  readonly isInsecure: boolean;
  /** undefined: as many requests as come. */
  readonly throttle: Rates | undefined;
  /** undefined: notices go to the log and the change feed alone. */
  readonly noticesWebhook: WebhookSetting | undefined;
  readonly rotators: RotatorsConfiguration;
  /** undefined: read from, or made in, the data folder. A node of many must be given them. */
  readonly rootCredentials: RootCredentials | undefined;
  /** undefined where a node of many was given none: it does not start. */
  readonly rootKey: RootKeySetting | undefined;
  /** Named for `passphrase:`, now or at a rekey. Absolute. */
  readonly passphraseFile: string | undefined;
  /** Where `aws-kms:` and `gcp-kms:` are asked instead of the provider's own address. */
  readonly rootKeyEndpoint: string | undefined;
  readonly limits: Limits;
}

/** Bounds. The first two and those of changes are no settings: nobody has needed another value. */
export interface Limits {
  readonly rowCacheBytesMax: number;
  readonly auditRetentionDays: number;
  /** For an account in a region. */
  readonly standardParametersMax: number;
  readonly advancedParametersMax: number;
  /** How many changes are kept for readers of the feed that come back, and for how long. */
  readonly changesMax: number;
  readonly changeHoursMax: number;
  /** Of one process; a role's streams count together. */
  readonly changeStreamsMax: number;
  readonly changeStreamsPerPrincipalMax: number;
}

/**
 * The configuration from flags (by setting name) and environment.
 *
 * Throws ConfigurationError for what is malformed, contradictory, or not in this version.
 */
export function readConfiguration(
  flags: Readonly<Partial<Record<SettingName, string | boolean | undefined>>>,
  environment: Readonly<Record<string, string | undefined>>,
): Configuration {
  const given: Given = (name) => {
    const flag = flags[name];
    if (flag !== undefined) return String(flag);
    return environment[settings[name].variable] || undefined;
  };
  const dataDirectory = resolve(settingOf("data", given));
  const network = networkFrom(given);
  const database = databaseFrom(given("database"), network.isInsecure);
  return {
    ...network,
    database,
    dataDirectory,
    accountId: accountIdFrom(settingOf("accountId", given)),
    throttle: throttleFrom(given("throttle")),
    noticesWebhook: webhookFrom(given),
    rotators: rotatorsFrom(given("rotators"), environment),
    rootCredentials: rootCredentialsFrom(given),
    ...rootKeyFrom(given, database === undefined ? dataDirectory : undefined),
    limits: {
      rowCacheBytesMax: 24 * 1024 * 1024,
      auditRetentionDays: 90,
      standardParametersMax: countFrom("standardParametersMax", given),
      advancedParametersMax: countFrom("advancedParametersMax", given),
      changesMax: 100_000,
      changeHoursMax: 24,
      changeStreamsMax: 4000,
      changeStreamsPerPrincipalMax: 1000,
    },
  };
}

function databaseFrom(text: string | undefined, isInsecure: boolean): DatabaseSetting | undefined {
  if (text === undefined) return undefined;
  try {
    return parseDatabaseSetting(text, isInsecure);
  } catch (error) {
    if (!(error instanceof DatabaseSettingError)) throw error;
    throw new ConfigurationError(error.message, error.hint);
  }
}

function countFrom(name: "standardParametersMax" | "advancedParametersMax", given: Given): number {
  const text = settingOf(name, given);
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new ConfigurationError(
    `${settings[name].variable}: '${text}' is not a count`,
    `give a whole number, as ${settings[name].default}`,
  );
}

function throttleFrom(text: string | undefined): Rates | undefined {
  if (text === undefined) return undefined;
  try {
    return parseRates(text);
  } catch (error) {
    if (!(error instanceof RatesError)) throw error;
    throw new ConfigurationError(`--throttle: ${error.message}`, error.hint);
  }
}

function accountIdFrom(text: string): string {
  if (/^\d{12}$/.test(text)) return text;
  throw new ConfigurationError(
    `'${text}' is not an account id`,
    "give twelve digits, as 123456789012",
  );
}
