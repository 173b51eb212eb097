/** `claviger server` with a certificate: a renewed one is taken on SIGHUP, by the process that runs. */
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { connect, getCACertificates, setDefaultCACertificates } from "node:tls";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { makeAuthority } from "../../../tools/harness/certificates.ts";
import { eventually } from "../../../tools/harness/eventually.ts";
import { startVaultProcess, temporaryFolder } from "../../../tools/harness/vault-process.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const authority = makeAuthority("server-tls");

// Whoever starts a vault asks its /health with fetch, which has no words of its own for an authority.
const before = getCACertificates("default");
setDefaultCACertificates([...before, authority.certificate]);
afterAll(() => setDefaultCACertificates(before));

async function serialNumberAt(url: string): Promise<string> {
  const { hostname: host, port } = new URL(url);
  const socket = connect({ host, port: Number(port), ca: authority.certificate });
  await once(socket, "secureConnect");
  const { serialNumber } = socket.getPeerCertificate();
  socket.destroy();
  return serialNumber;
}

test("SIGHUP takes a renewed certificate", async () => {
  const folder = temporaryFolder("server-tls");
  const [certFile, keyFile] = [`${folder}/cert.pem`, `${folder}/key.pem`];
  const renew = (days?: number) => {
    const { cert, key } = authority.issue(days);
    writeFileSync(certFile, cert);
    writeFileSync(keyFile, key);
  };
  renew();
  const vault = await startVaultProcess({
    root,
    dataDirectory: `${folder}/data`,
    flags: ["--tls-cert", certFile, "--tls-key", keyFile],
  });
  try {
    expect(vault.url).toMatch(/^https:/);
    const first = await serialNumberAt(vault.url);
    renew(10);
    process.kill(vault.pid, "SIGHUP");
    await eventually(async () => expect(await serialNumberAt(vault.url)).not.toBe(first));
    expect((await fetch(`${vault.url}/health`)).status).toBe(200);
    const metrics = await (await fetch(`${vault.url}/metrics`)).text();
    const [, ends] =
      /^claviger_tls_certificate_expiry_timestamp_seconds (\d+)$/m.exec(metrics) ?? [];
    expect(Number(ends) - Date.now() / 1000).toBeLessThan(11 * 86_400);
    const log = readFileSync(vault.logFile, "utf8");
    expect(log).toMatch(/"level":"info".*"msg":"Serving a new certificate"/);
    expect(log).toMatch(/"level":"warn".*"msg":"The certificate ends soon"/);
  } finally {
    await vault.stop();
  }
});
