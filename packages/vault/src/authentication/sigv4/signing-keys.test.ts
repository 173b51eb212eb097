import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Credential } from "../../principals/credential.ts";
import { parseCredential, type ScopedCredential } from "./credential-scope.ts";
import { SigningKeys } from "./signing-keys.ts";

/** Tells how often its secret was read: once for each key that is derived from it. */
class CountedCredential implements Credential {
  readonly accessKeyId = "AKIDEXAMPLE";
  readonly accountId = "123456789012";
  readonly isActive = true;
  readonly expiresAt = undefined;
  readonly isOwnSession = false;
  reads = 0;

  get secretAccessKey(): string {
    this.reads++;
    return "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
  }

  principal() {
    return Promise.resolve(undefined);
  }
}

function scoped(region: string): ScopedCredential {
  return parseCredential(`AKIDEXAMPLE/20150830/${region}/iam/aws4_request`) as ScopedCredential;
}

describe("SigningKeys", () => {
  it("derives the key of AWS's documentation", () => {
    const documented = "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9";
    const signatures: string[] = [];
    new SigningKeys().verify(new CountedCredential(), scoped("us-east-1"), (key) => {
      signatures.push(key.digest("a string to sign"));
      return true;
    });
    const expected = createHmac("sha256", Buffer.from(documented, "hex"));
    expect(signatures).toEqual([expected.update("a string to sign").digest("hex")]);
  });

  it("keeps a key after a genuine signature, and not before", () => {
    const keys = new SigningKeys();
    const credential = new CountedCredential();
    expect(keys.verify(credential, scoped("us-east-1"), () => false)).toBe(false);
    expect(keys.verify(credential, scoped("us-east-1"), () => true)).toBe(true);
    expect(credential.reads).toBe(2);
    expect(keys.verify(credential, scoped("us-east-1"), () => true)).toBe(true);
    expect(keys.verify(credential, scoped("us-east-1"), () => false)).toBe(false);
    expect(credential.reads).toBe(2);
  });

  it("keeps sixteen keys of a credential and lets the oldest go", () => {
    const keys = new SigningKeys();
    const credential = new CountedCredential();
    for (let number = 1; number <= 17; number++) {
      keys.verify(credential, scoped(`us-east-${number}`), () => true);
    }
    expect(credential.reads).toBe(17);
    keys.verify(credential, scoped("us-east-17"), () => true);
    keys.verify(credential, scoped("us-east-2"), () => true);
    expect(credential.reads).toBe(17);
    keys.verify(credential, scoped("us-east-1"), () => true);
    expect(credential.reads).toBe(18);
  });

  it("never gives one credential another's key", () => {
    const keys = new SigningKeys();
    const [one, other] = [new CountedCredential(), new CountedCredential()];
    keys.verify(one, scoped("us-east-1"), () => true);
    keys.verify(other, scoped("us-east-1"), () => true);
    expect(other.reads).toBe(1);
  });
});
