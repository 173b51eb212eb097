/** Of the settings: where the vault listens, and how it is reached. */
import { resolve } from "node:path";
import { transportRule } from "../http/address.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { type Given, settingOf } from "./given.ts";

/** Where it listens. Throws ConfigurationError where that would be reached in plain text from afar. */
export function networkFrom(given: Given) {
  const host = settingOf("host", given);
  const ranges = given("behindProxy")?.split(",") ?? [];
  const network = {
    host,
    port: portFrom(settingOf("port", given)),
    tls: tlsFrom(given("tlsCert"), given("tlsKey")),
    trustedProxies: ranges.map((range) => range.trim()),
    isInsecure: isOn(given("insecure")),
  };
  const ruling = transportRule({ ...network, hasTls: network.tls !== undefined });
  if (!ruling.isAllowed) throw new ConfigurationError(ruling.message, ruling.hint);
  return network;
}

function portFrom(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new ConfigurationError(`'${text}' is not a port`, "give a number from 0 to 65535");
}

function tlsFrom(certFile: string | undefined, keyFile: string | undefined) {
  if (certFile === undefined && keyFile === undefined) return undefined;
  if (certFile !== undefined && keyFile !== undefined) {
    return { certFile: resolve(certFile), keyFile: resolve(keyFile) };
  }
  throw new ConfigurationError(
    "--tls-cert and --tls-key belong together",
    "give both, or neither to serve on loopback without TLS",
  );
}

function isOn(text: string | undefined): boolean {
  return text !== undefined && !["", "0", "false", "no"].includes(text.toLowerCase());
}
