import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { expect, it } from "vitest";
import { started } from "./listener.fixture.ts";

it("serves TLS from 1.2 on and says that the transport is secure", async () => {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const certificate = selfSigned(publicKey, privateKey);
  const directory = mkdtempSync(join(tmpdir(), "claviger-tls-"));
  const tls = { certFile: join(directory, "cert.pem"), keyFile: join(directory, "key.pem") };
  writeFileSync(tls.certFile, certificate);
  writeFileSync(tls.keyFile, privateKey.export({ type: "pkcs8", format: "pem" }));
  const { url, seen } = await started({}, undefined, { tls });
  rmSync(directory, { recursive: true });

  expect(url).toMatch(/^https:/);
  const options = { ca: certificate, method: "POST", checkServerIdentity: () => undefined };
  const [response] = await once(httpsRequest(url, options).end("{}"), "response");
  response.resume();
  expect(seen).toMatchObject([{ isSecureTransport: true, sourceAddress: "127.0.0.1" }]);

  const port = Number(new URL(url).port);
  const old = connect({ port, ca: certificate, maxVersion: "TLSv1.1" });
  await expect(once(old, "secureConnect")).rejects.toThrow();
});

/** A certificate made on the spot, so that no private key lies in the repository (RFC 5280). */
function selfSigned(publicKey: KeyObject, privateKey: KeyObject): string {
  const oid = (hex: string) => der(0x06, Buffer.from(hex, "hex"));
  const ecdsaWithSha256 = der(0x30, oid("2a8648ce3d040302"));
  const name = der(0x30, der(0x31, der(0x30, oid("550403"), der(0x0c, Buffer.from("test")))));
  const day = (years: number) => {
    const date = new Date(Date.now() + years * 365 * 86_400_000);
    return der(0x17, Buffer.from(`${date.toISOString().replace(/[-:T]/g, "").slice(2, 14)}Z`));
  };
  const body = der(
    0x30,
    der(0x02, Buffer.from([1])),
    ecdsaWithSha256,
    name,
    der(0x30, day(-1), day(1)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
  );
  const signature = der(0x03, Buffer.from([0]), sign("sha256", body, privateKey));
  const base64 = der(0x30, body, ecdsaWithSha256, signature).toString("base64");
  return `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----\n`;
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
