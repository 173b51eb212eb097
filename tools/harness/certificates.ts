/**
 * Certificates made on the spot for servers on loopback, so that no private key lies in the
 * repository: an authority, and what it vouches for (RFC 5280).
 */
import { generateKeyPairSync, hash, type KeyObject, randomBytes, sign } from "node:crypto";

export interface Authority {
  readonly certificate: string;
  /** SHA-1 in hexadecimal, as IAM has it. */
  readonly thumbprint: string;
  /**
   * For 127.0.0.1 and as many days, a year unless it is said: the server's chain, the authority's
   * own certificate at its end.
   */
  issue(days?: number): { readonly cert: string; readonly key: string };
}

export function makeAuthority(name: string): Authority {
  const own = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const signer = { name, privateKey: own.privateKey };
  const certificate = certify(signer, name, own.publicKey, yearDays, [isAuthority]);
  return {
    certificate: pem(certificate),
    thumbprint: hash("sha1", certificate, "hex"),
    issue(days = yearDays) {
      const leaf = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const cert = certify(signer, "127.0.0.1", leaf.publicKey, days, [isForLoopback]);
      return {
        cert: pem(cert) + pem(certificate),
        key: leaf.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      };
    },
  };
}

const yearDays = 365;

interface Signer {
  readonly name: string;
  readonly privateKey: KeyObject;
}

function certify(
  signer: Signer,
  subject: string,
  publicKey: KeyObject,
  days: number,
  extensions: readonly Buffer[],
): Buffer {
  const body = der(
    sequence,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    nameOf(signer.name),
    der(sequence, inDays(-yearDays), inDays(days)),
    nameOf(subject),
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, der(sequence, ...extensions)),
  );
  const signature = der(0x03, Buffer.from([0]), sign("sha256", body, signer.privateKey));
  return der(sequence, body, ecdsaWithSha256, signature);
}

const sequence = 0x30;
const ecdsaWithSha256 = der(sequence, oid("2a8648ce3d040302"));
/** basicConstraints: critical, cA. */
const isAuthority = der(
  sequence,
  oid("551d13"),
  der(0x01, Buffer.from([0xff])),
  der(0x04, der(sequence, der(0x01, Buffer.from([0xff])))),
);
/** subjectAltName: an address. */
const isForLoopback = der(
  sequence,
  oid("551d11"),
  der(0x04, der(sequence, der(0x87, Buffer.from([127, 0, 0, 1])))),
);

function nameOf(text: string): Buffer {
  return der(sequence, der(0x31, der(sequence, oid("550403"), der(0x0c, Buffer.from(text)))));
}

function inDays(days: number): Buffer {
  const date = new Date(Date.now() + days * 86_400_000);
  return der(0x17, Buffer.from(`${date.toISOString().replace(/[-:T]/g, "").slice(2, 14)}Z`));
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, "hex"));
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function pem(bytes: Buffer): string {
  const base64 = bytes.toString("base64").replace(/.{64}(?=.)/g, "$&\n");
  return `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
}
