/**
 * A stand-in for a secret in a vault: versions that keep their first value, and staging labels that
 * are in one place each, as PutSecretValue and UpdateSecretVersionStage have them.
 */
import { RotationFailure } from "../src/rotator.ts";
import type { SecretVersions } from "../src/secret-versions.ts";

export type Versions = Omit<SecretVersions, "close">;

export class MemorySecret {
  readonly values = new Map<string, string>();
  /** By label. */
  readonly labels = new Map<string, string>();
  readonly others = new Map<string, string>();
  /** The rotation's role may not put a value. */
  isReadOnly = false;
  readonly #createdDate = new Date();

  get current(): string {
    return this.values.get(this.labels.get("AWSCURRENT") ?? "") ?? "";
  }

  get pending(): string | undefined {
    return this.values.get(this.labels.get("AWSPENDING") ?? "");
  }

  /** `io` goes before and after each call, and may never come back. */
  versions(io: () => Promise<void>): Versions {
    const call =
      <Inputs extends unknown[], Output>(run: (...inputs: Inputs) => Output) =>
      async (...inputs: Inputs): Promise<Output> => {
        await io();
        const output = run(...inputs);
        await io();
        return output;
      };
    const version = (versionId: string) => {
      const value = this.values.get(versionId);
      return value === undefined ? [] : [{ versionId, value, createdDate: this.#createdDate }];
    };
    return {
      current: call(() => {
        const [current] = version(this.labels.get("AWSCURRENT") ?? "");
        if (current === undefined) throw new RotationFailure("There is no AWSCURRENT version.");
        return current;
      }),
      value: call((versionId: string) => this.values.get(versionId)),
      valueOf: call((secretId: string) => this.others.get(secretId) ?? ""),
      labelled: call(() => [...new Set(this.labels.values())].flatMap(version)),
      stagesOf: call((versionId: string) =>
        [...this.labels].filter(([, at]) => at === versionId).map(([label]) => label),
      ),
      requireWritable: call(() => this.#requireWritable()),
      putPending: call((token: string, value: string) => {
        this.#requireWritable();
        if ((this.values.get(token) ?? value) !== value) throw new ResourceExists();
        this.values.set(token, value);
        this.labels.set("AWSPENDING", token);
      }),
      makeCurrent: call((token: string) => {
        const from = this.labels.get("AWSCURRENT");
        if (from === token) return;
        if (from !== undefined) this.labels.set("AWSPREVIOUS", from);
        this.labels.set("AWSCURRENT", token);
      }),
    };
  }

  #requireWritable(): void {
    if (this.isReadOnly) throw new AccessDenied();
  }
}

/** As the SDK has it, like the next one. */
class AccessDenied extends Error {
  override readonly name = "AccessDeniedException";
  readonly $fault = "client";
}

class ResourceExists extends Error {
  override readonly name = "ResourceExistsException";
  readonly $fault = "client";
}
