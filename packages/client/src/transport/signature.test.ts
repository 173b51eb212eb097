import { createHash, createHmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonRequest } from "./aws-json.ts";
import { signed } from "./signature.ts";

class Sha256 {
  readonly #hash;

  constructor(key?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = key === undefined ? createHash("sha256") : createHmac("sha256", key as Buffer);
  }

  update(data: string | Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {}
}

test("signs what the AWS SDK signs", async () => {
  const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 });
  const key = fc.stringMatching(/^[\w/+]{1,64}$/);
  const token = fc.option(key, { nil: undefined });
  const time = fc.date({ min: new Date(0), max: new Date("2099-12-31"), noInvalidDate: true });
  await fc.assert(
    fc.asyncProperty(text, key, token, time, async (Name, secretAccessKey, sessionToken, date) => {
      const url = new URL("http://127.0.0.1:7400/");
      const request = jsonRequest(url, "ssm", "GetParameter", { Name });
      const credentials = {
        accessKeyId: "AKIDEXAMPLE",
        secretAccessKey,
        ...(sessionToken && { sessionToken }),
      };
      const place = { service: "ssm", region: "eu-west-1", credentials };
      const { headers } = await signed(request, { ...place, date });
      const { Authorization = "", ...others } = headers;
      const signer = new SignatureV4({ ...place, sha256: Sha256, applyChecksum: false });
      // What fetch adds by itself, and aws4 has signed with the others.
      const length = String(Buffer.byteLength(request.body ?? ""));
      const theirs = await signer.sign(
        {
          method: "POST",
          protocol: "http:",
          hostname: "127.0.0.1",
          path: "/",
          body: request.body,
          headers: { ...others, Host: url.host, "Content-Length": length },
        },
        { signingDate: date },
      );
      expect(partsOf(Authorization)).toEqual(partsOf(theirs.headers.authorization ?? ""));
    }),
    { numRuns: 100 },
  );
});

/** `Credential`, `SignedHeaders` and `Signature`, whatever blanks stand between. */
function partsOf(authorization: string): Record<string, string> {
  return Object.fromEntries(
    [...authorization.matchAll(/(\w+)=([^,\s]+)/g)].map(([, name = "", value = ""]) => [
      name,
      value,
    ]),
  );
}
