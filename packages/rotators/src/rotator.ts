/**
 * What a built-in rotator is: what it says about itself, and what it does at the provider in each
 * of AWS's four steps and in ours, revokeSecret. Staging labels, and which version a step is for,
 * are settled in `steps.ts`, once for all of them.
 */

/**
 * Any of these may be called again for the same token, and even twice at once: after a crash, or
 * by two vaults of which one had lost its lease.
 */
export interface Rotator {
  /** `PostgreSQLUser`: what RotateSecret names in `Type`. */
  readonly type: string;
  readonly title: string;
  /** Where metadata may choose another, the one that goes without saying. */
  readonly strategy: Strategy;
  readonly metadata: Readonly<Record<string, MetadataMember>>;
  readonly standing: Standing;
  /** Of the provider. */
  readonly documentation: string;

  /**
   * The value of the new version, which has none yet. A key that is made at the provider here is
   * named `rotation.keyName`, so that what an earlier try made and couldn't store is found and
   * removed first. What needs no provider (a password) is only made up here: it is stored before
   * the provider hears of it.
   */
  createSecret(rotation: Rotation): Promise<NewSecret>;
  /** Has the provider accept the new value, where createSecret didn't. */
  setSecret?(rotation: Rotation, value: string): Promise<void>;
  /** Throws unless the provider accepts this value. Also asked of versions that aren't pending. */
  testSecret(rotation: Rotation, value: string): Promise<void>;
  /** What else is to be done, and said about the old key, once the new version is AWSCURRENT. */
  finishSecret?(rotation: Rotation): Promise<Finished>;
  /**
   * Kills the key of a version at the provider, and none other: the new one after a failure, the
   * old one after the overlap, any in an emergency. A key that is gone already is well. `value` is
   * undefined where createSecret stored none: then what it left behind under
   * `rotation.keyName` is to go. A rotator without this can't revoke.
   *
   * "isTheOnlyKey": the provider has no other one any more, so that this version, which is
   * pending, has to become AWSCURRENT although its rotation failed. Instructions: the provider has
   * no API for it, so that somebody has to do it.
   */
  revokeSecret?(
    rotation: Rotation,
    value: string | undefined,
    // biome-ignore lint/suspicious/noConfusingVoidType: most have nothing to say.
  ): Promise<void | "isTheOnlyKey" | ByHand>;
}

/** One invocation of a step. */
export interface Rotation {
  readonly secretArn: string;
  /** ClientRequestToken: the id of the version that is made, tested or revoked. */
  readonly token: string;
  /** The version that was AWSCURRENT when the rotation began. */
  readonly oldVersionId: string | undefined;
  /** `keyNameOf(token)` */
  readonly keyName: string;
  /** Checked: all that is required is there, and nothing unknown is. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The secret's other versions, and the admin secret. */
  readonly versions: ReadableVersions;
  /** Of the vault, or of AWS: for what is rotated there. */
  readonly aws: AwsClientConfiguration;
  /** Aborts when the step's time is over: every request to a provider takes it. */
  readonly signal: AbortSignal;
}

/** How a key that is made for a version is named at its provider. */
export function keyNameOf(versionId: string): string {
  return `claviger-${versionId.replaceAll(/[^\w-]/g, "-")}`;
}

/** What a rotator may read; what is written is up to `steps.ts`. */
export interface ReadableVersions {
  /** Throws RotationFailure where no version is AWSCURRENT, or it is binary. */
  current(): Promise<SecretVersion>;
  /** Undefined where the version has no value yet, or is gone. */
  value(versionId: string): Promise<string | undefined>;
  /** Of another secret, which the role must be allowed to read: the admin's. */
  valueOf(secretId: string): Promise<string>;
  /** Each version that has a staging label and a value. */
  labelled(): Promise<SecretVersion[]>;
  /** The version's staging labels. */
  stagesOf(versionId: string): Promise<readonly string[]>;
  /** Throws what a refusal to store a value would; `current` is as `current()` returned it. */
  requireWritable(current: SecretVersion): Promise<void>;
}

export interface SecretVersion {
  readonly versionId: string;
  readonly value: string;
  readonly createdDate: Date;
}

/** What an AWS SDK client takes. Without members it finds its own, as it does in a Lambda function. */
export interface AwsClientConfiguration {
  readonly endpoint?: string;
  readonly region?: string;
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

export type NewSecret =
  /** The version's whole new value. */
  | { readonly secretString: string }
  /** Its owner makes it, and puts it. */
  | ByHand;

/** What somebody has to do, where the provider has no API for it. */
export interface ByHand {
  readonly byHandInstructions: string;
}

export interface Finished {
  /** The provider itself ends the old key then. */
  readonly oldKeyLivesUntil?: Date;
  /** It died when the new one came to life. */
  readonly oldKeyIsDead?: boolean;
}

export type Strategy =
  /** Both keys are good until the old one is revoked. */
  | "overlap"
  /** The old one dies when the new one comes to life. */
  | "oneKey"
  /** The provider ends the old one by itself, some time after. */
  | "grace"
  /** What the key belongs to is made anew with it. */
  | "recreate"
  /** A person makes the key. */
  | "manual";

export type Standing =
  | "tested against the real thing"
  | "tested against a stand-in"
  | "from the provider's documentation, not tried against it";

export interface MetadataMember {
  readonly required: boolean;
  /** For people: what it is, its form, and what holds without it. */
  readonly says: string;
}

/**
 * Why a step failed, in words that hold no value: the only errors whose message leaves the host.
 * What a provider answered must not be quoted in it.
 */
export class RotationFailure extends Error {
  override readonly name = "RotationFailure";
}
