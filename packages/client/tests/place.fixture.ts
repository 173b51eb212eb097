/** Where the suites run: an implementation of AWS's APIs, and our ways to it. */
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SSM } from "@aws-sdk/client-ssm";
import type { SecretsOptions } from "../src/index.ts";

export interface Place {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** The two ways out: our own, and the AWS SDK's clients that somebody hands in. */
export const waysOut = {
  fetch: (place: Place): SecretsOptions => place,
  "the AWS SDK": (place: Place): SecretsOptions => ({
    ...place,
    clients: {
      ssm: new SSM({ ...place, maxAttempts: 1 }),
      secretsManager: new SecretsManager({ ...place, maxAttempts: 1 }),
    },
  }),
} as const;

/** Names are never used twice: the suites share one service. */
let names = 0;
export function newName(): string {
  names++;
  return `name-${names}`;
}

/** Time that a test moves: the cache's clock. */
export class MovableTime {
  #milliseconds = 0;
  readonly now = (): number => this.#milliseconds;

  advance(seconds: number): void {
    this.#milliseconds += seconds * 1000;
  }
}
