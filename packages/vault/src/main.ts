/**
 * The process: opens the vault, serves it, and on SIGTERM or SIGINT finishes what is under way
 * before it closes the databases.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Composed, compose, type Surroundings } from "./compose.ts";
import type { Configuration } from "./configuration.ts";
import { serverFile } from "./data-folder/server-file.ts";
import { type Listener, listen } from "./http/listener.ts";
import { createLogger, type LogFields } from "./http/logger.ts";
import type { Notice } from "./notices.ts";
import type { Pipeline } from "./pipeline.ts";

export const version: string = createRequire(import.meta.url)("../package.json").version;

export interface RunningVault {
  /** `http://127.0.0.1:7400` */
  readonly url: string;
  /** Looks at once whether there is a new certificate; undefined without TLS. Never rejects. */
  readonly renewCertificate: (() => Promise<void>) | undefined;
  /** Behind a proxy, serves on until that has heard at /health that the node goes; else nothing. */
  leave(): Promise<void>;
  /** Drains, commits and closes. May be called more than once. */
  close(): Promise<void>;
}

export interface StartOptions extends Partial<Surroundings> {
  /** Where the structured log goes: a file descriptor, or none. Standard error by default. */
  readonly logTo?: number | "nowhere" | undefined;
  /** The least that is logged; "info" by default. */
  readonly logLevel?: "info" | "warn" | undefined;
}

/** Unless another node that was given the same folder has written it since. */
function removeServerFile(file: string): void {
  try {
    if (JSON.parse(readFileSync(file, "utf8")).pid === process.pid) rmSync(file);
  } catch {
    // It is gone, or was never whole: then nobody finds a vault by it.
  }
}

/** Starts a vault and resolves once it serves. Throws ConfigurationError if a setting is off. */
export async function startServer(
  configuration: Configuration,
  options: StartOptions = {},
): Promise<RunningVault> {
  const logger = createLogger({ to: options.logTo ?? 2, level: options.logLevel });
  const onFault = options.onFault ?? ((fault, requestId) => logger.fault(fault, { requestId }));
  const onNotice = options.onNotice ?? ((notice) => logger.warn("A notice", noticeFields(notice)));
  const openCallBack = (pipeline: Pipeline) => listenToRotators(pipeline, logger);
  const composed = await compose(configuration, { ...options, onFault, onNotice, openCallBack });
  const listener = await listenOrClose(configuration, composed, logger);
  composed.startRotations();
  const file = serverFile(configuration.dataDirectory);
  const { accountId } = configuration;
  writeFileSync(file, JSON.stringify({ url: listener.url, pid: process.pid, accountId, version }));
  let closing: Promise<void> | undefined;
  return {
    url: listener.url,
    renewCertificate: listener.renewCertificate,
    leave: () => listener.leave(),
    close() {
      closing ??= (async () => {
        await composed.stopRotations();
        await listener.close();
        await composed.close().finally(() => removeServerFile(file));
      })();
      return closing;
    },
  };
}

function noticeFields({ kind, arn, time, dueAt = time, tags, detail }: Notice): LogFields {
  return { kind, arn, owner: tags.owner, dueAt: new Date(dueAt).toISOString(), detail };
}

/**
 * Whatever --host and TLS are: rotators are on this machine, and get here only. Nobody is on the
 * way who could listen, so a policy that wants TLS has what it wants.
 */
function listenToRotators(
  pipeline: Pipeline,
  logger: ReturnType<typeof createLogger>,
): Promise<Listener> {
  const loopback = { host: "127.0.0.1", port: 0, tls: undefined, trustedProxies: [] };
  const secure: Pipeline = (request) => pipeline({ ...request, isSecureTransport: true });
  return listen(secure, { ...loopback, isInsecure: false }, logger, {
    version,
    trouble: () => undefined,
    metrics: () => "",
  });
}

async function listenOrClose(
  configuration: Configuration,
  composed: Composed,
  logger: ReturnType<typeof createLogger>,
): Promise<Listener> {
  try {
    return await listen(composed.pipeline, configuration, logger, {
      version,
      trouble: () => composed.trouble,
      metrics: (traffic) => composed.metrics.text(traffic),
    });
  } catch (error) {
    await composed.close();
    throw error;
  }
}

/**
 * Closes the vault at the first SIGTERM or SIGINT; resolves with it when the vault is closed. SIGTERM
 * leaves a proxy the time to notice; whoever presses Ctrl-C waits for nobody. With TLS, SIGHUP takes a
 * renewed certificate; without it ends the process as ever, so that a vault in a terminal doesn't
 * outlive it.
 */
export function untilSignalled(vault: RunningVault): Promise<"SIGTERM" | "SIGINT"> {
  const { renewCertificate } = vault;
  if (renewCertificate) process.on("SIGHUP", () => void renewCertificate());
  return new Promise((resolve, reject) => {
    const closed = (signal: "SIGTERM" | "SIGINT") => {
      vault.close().then(() => resolve(signal), reject);
    };
    process.once("SIGTERM", () => void vault.leave().then(() => closed("SIGTERM")));
    process.once("SIGINT", () => closed("SIGINT"));
  });
}
