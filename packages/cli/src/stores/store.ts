/**
 * What Parameter Store and Secrets Manager have in common, as one interface. A value never stands
 * in an error of these methods; a name that isn't there is told as such.
 */
import type { ParameterTier, ParameterType } from "@aws-sdk/client-ssm";
import { parameterStore } from "./parameter-store.ts";
import type { Reference } from "./reference.ts";
import { secretsManager } from "./secrets-manager.ts";
import type { Tags } from "./tags.ts";
import type { Value } from "./value.ts";

export interface Store {
  /** The current version, or another one. */
  read(name: string, at?: At): Promise<Version>;
  /** Creates it, with all its settings in one call, or adds a version and changes its settings. */
  write(name: string, value: Value, settings: Settings): Promise<Written>;
  /** The same, but undefined where there is one already. */
  create(name: string, value: Value, settings: Settings): Promise<Written | undefined>;
  /** undefined where there is none. */
  describe(name: string): Promise<Description | undefined>;
  /** Newest first. */
  history(name: string): Promise<readonly VersionEntry[]>;
  /** Those whose names begin so. */
  list(prefix: string): Promise<Listing>;
  remove(name: string, isForced: boolean): Promise<Removal>;
  restore(name: string): Promise<void>;
  tags(name: string): Promise<Tags>;
  tag(name: string, added: Tags, removed: readonly string[]): Promise<void>;
  /** What belongs to it and can't be written elsewhere, in words. */
  leftBehind(name: string): Promise<readonly string[]>;
}

/** One of them, or neither for the current version. */
export interface At {
  readonly version?: string | undefined;
  /** A parameter's label, or a secret's staging label. */
  readonly label?: string | undefined;
}

export interface Version {
  readonly value: Value;
  readonly version: string;
  readonly labels: readonly string[];
  /** SecureString for secrets, which are as confidential. */
  readonly type: ParameterType;
  readonly date: Date | undefined;
  readonly arn: string;
}

/** undefined leaves it as it is, or as AWS presets it. */
export interface Settings {
  readonly description?: string | undefined;
  /** A KMS key that is not the service's own. */
  readonly key?: string | undefined;
  readonly tags?: Tags | undefined;
  /** From here on, parameters only. */
  readonly type?: ParameterType | undefined;
  readonly tier?: ParameterTier | undefined;
  readonly allowedPattern?: string | undefined;
  readonly dataType?: string | undefined;
  readonly policies?: string | undefined;
}

export type Description = Settings & { readonly tags: Tags };

export interface Written {
  readonly isNew: boolean;
  readonly version: string;
}

export interface VersionEntry {
  readonly version: string;
  readonly labels: readonly string[];
  readonly isCurrent: boolean;
  readonly date: Date | undefined;
  /** Who wrote it, where AWS says so. */
  readonly by: string | undefined;
}

export interface Listing {
  readonly entries: readonly Entry[];
  /** What isn't shown, and why. */
  readonly notes: readonly string[];
}

export interface Entry {
  readonly reference: Reference;
  readonly type: string;
  readonly description: string | undefined;
  readonly owner: string | undefined;
  /** When it was last changed. */
  readonly date: Date | undefined;
  readonly isDeleted: boolean;
}

export interface Removal {
  /** Until when it can be restored; undefined if it can't be. */
  readonly recoverableUntil: Date | undefined;
}

export function storeOf({ service }: Pick<Reference, "service">): Store {
  return service === "ssm" ? parameterStore : secretsManager;
}
