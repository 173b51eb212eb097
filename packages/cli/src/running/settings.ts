/** What `claviger run` was asked for, read from its flags before anything is asked of anybody. */
import { constants } from "node:os";
import { CommandFailure, exitCodes } from "../failure.ts";
import type { RoleFlags } from "../workload-role.ts";
import { readDuration } from "./durations.ts";
import type { FallbackPlace } from "./fallback.ts";
import { usualKeyFile } from "./fallback-key.ts";

export interface RunFlags extends RoleFlags {
  readonly role?: string;
  readonly envFile?: readonly string[];
  readonly env?: readonly string[];
  readonly redact?: boolean;
  readonly watch?: boolean;
  readonly onChange?: string;
  readonly ttl: string;
  readonly fallback?: string;
  readonly fallbackMaxAge: string;
  readonly fallbackKey?: string;
}

export interface Settings {
  readonly role: string | undefined;
  readonly flags: RoleFlags;
  readonly files: readonly string[];
  readonly typed: readonly string[];
  readonly isRedacted: boolean;
  readonly watching: Watching | undefined;
  readonly fallback: FallbackPlace | undefined;
}

export interface Watching {
  readonly ttlSeconds: number;
  /** In place of a new start. */
  readonly signal: NodeJS.Signals | undefined;
}

export function readSettings(flags: RunFlags): Settings {
  const { role, envFile = [], env = [], redact = false } = flags;
  if (role === undefined && envFile.length + env.length === 0) {
    throw off("there is nothing to give to the command", "give --env-file, --env or --role");
  }
  return {
    role,
    flags,
    files: envFile,
    typed: env,
    isRedacted: redact,
    watching: watching(flags),
    fallback: fallback(flags),
  };
}

/** What takes values that are read, where there are none to read. */
export function checkNeedless({ watching, fallback }: Settings): void {
  const flag = watching !== undefined ? "--watch" : fallback !== undefined ? "--fallback" : "";
  if (flag === "") return;
  throw off(`${flag} takes references, and there is none`, "give one: --env NAME=ssm:/path/name");
}

function watching({ watch = false, onChange, ttl }: RunFlags): Watching | undefined {
  if (!watch && onChange !== undefined) throw off("--on-change goes with --watch", "give both");
  const signal = onChange === undefined ? undefined : readSignal(onChange);
  const ttlSeconds = readDuration(ttl) / 1000;
  return watch ? { ttlSeconds, signal } : undefined;
}

function fallback(flags: RunFlags): FallbackPlace | undefined {
  const { fallback: file, fallbackKey } = flags;
  const ageMillisecondsMax = readDuration(flags.fallbackMaxAge);
  if (file !== undefined) {
    return { file, keyFile: fallbackKey ?? usualKeyFile(), ageMillisecondsMax };
  }
  if (fallbackKey === undefined) return undefined;
  throw off("--fallback-key goes with --fallback", "give both");
}

function readSignal(typed: string): NodeJS.Signals {
  if (Object.hasOwn(constants.signals, typed)) return typed as NodeJS.Signals;
  throw off(`'${typed}' is not a signal`, "give one as SIGHUP or SIGUSR1");
}

function off(message: string, hint: string): CommandFailure {
  return new CommandFailure(message, hint, exitCodes.wrongWords);
}
