/** Where values come from: one look-up, no caching. */
import type { SecretValue } from "../secret-value.ts";

export interface Source {
  /** What a reference to this source starts with: "ssm" or "secretsmanager". */
  readonly scheme: string;
  /** The newest value. Throws the SDK's error, or SecretsError. */
  fetch(name: string): Promise<SecretValue>;
}
