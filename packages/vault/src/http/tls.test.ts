import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { afterAll, describe, expect, it, vi } from "vitest";
import { makeAuthority } from "../../../../tools/harness/certificates.ts";
import { eventually } from "../../../../tools/harness/eventually.ts";
import { ServedCertificate } from "./certificate.ts";
import { closed, connected, get, started } from "./listener.fixture.ts";
import type { LogFields, Logger } from "./logger.ts";

const authority = makeAuthority("the authority of a test");
const directory = mkdtempSync(join(tmpdir(), "claviger-tls-"));
const files = { certFile: join(directory, "cert.pem"), keyFile: join(directory, "key.pem") };

afterAll(() => rmSync(directory, { recursive: true }));

type Pair = ReturnType<typeof authority.issue>;

function write({ cert, key }: Pair): void {
  writeFileSync(files.certFile, cert);
  writeFileSync(files.keyFile, key);
}

function connectTo(url: string, more: ConnectionOptions = {}): TLSSocket {
  const { hostname: host, port } = new URL(url);
  return connect({ host, port: Number(port), ca: authority.certificate, ...more });
}

async function connectedTo(url: string): Promise<TLSSocket> {
  const socket = connectTo(url);
  await once(socket, "secureConnect");
  return socket;
}

async function expectNoneBelow12(url: string): Promise<void> {
  const old = connectTo(url, { maxVersion: "TLSv1.1", minVersion: "TLSv1" });
  await expect(once(old, "secureConnect")).rejects.toThrow();
}

/** The certificate that a new connection is shown, by its serial number. */
async function shownAt(url: string): Promise<string> {
  const socket = await connectedTo(url);
  const { serialNumber } = socket.getPeerCertificate();
  socket.destroy();
  return serialNumber;
}

const day = 86_400_000;

describe("with a certificate", () => {
  it("the listener serves TLS from 1.2 on and says that the transport is secure", async () => {
    write(authority.issue());
    const { url, seen } = await started({}, undefined, { tls: files });
    expect(url).toMatch(/^https:/);
    const options = { ca: authority.certificate, method: "POST" };
    const [response] = await once(httpsRequest(url, options).end("{}"), "response");
    response.resume();
    expect(seen).toMatchObject([{ isSecureTransport: true, sourceAddress: "127.0.0.1" }]);

    await expectNoneBelow12(url);
  });

  it.each([
    [["h2", "http/1.1"], "http/1.1"],
    [["http/1.0"], "http/1.0"],
    [[], false],
  ])("whoever offers %j speaks %s", async (ALPNProtocols, expected) => {
    write(authority.issue());
    const { url } = await started({}, undefined, { tls: files });
    const socket = connectTo(url, { ALPNProtocols });
    await once(socket, "secureConnect");
    expect(socket.alpnProtocol).toBe(expected);
    socket.destroy();
  });

  it("a new one is shown to whoever connects from then on, and nobody is cut off", async () => {
    write(authority.issue());
    const { url, listener } = await started({}, undefined, { tls: files });
    const [before, open] = [await shownAt(url), await connectedTo(url)];
    write(authority.issue());
    await listener.renewCertificate?.();
    expect(await shownAt(url)).not.toBe(before);
    open.write(get("/health"));
    expect(String(await once(open, "data"))).toContain("200 OK");
    await expectNoneBelow12(url);
  });

  it("whoever connects and shakes no hands is cut off", async () => {
    write(authority.issue());
    const { url } = await started({ headersTimeoutMilliseconds: 80 }, undefined, { tls: files });
    const silent = await connected(url);
    await closed(silent);
  });

  it("nobody holds up the closing by shaking no hands", async () => {
    write(authority.issue());
    const { url, listener } = await started({}, undefined, { tls: files });
    const silent = await connected(url);
    // Another one's reply shows that the silent one has been accepted too.
    await shownAt(url);
    await Promise.all([listener.close(), closed(silent)]);
  });

  it("that can't be served, nothing is", async () => {
    const [one, other] = [authority.issue(), authority.issue()];
    write({ cert: one.cert, key: other.key });
    await expect(started({}, undefined, { tls: files })).rejects.toThrow("mismatch");
  });
});

describe("a renewed pair", () => {
  /** A certificate under watch, as often as given, and what is said of it. */
  async function watched(days?: number, everyMilliseconds?: number) {
    const lines: [level: string, message: string, fields: LogFields | undefined][] = [];
    const logger: Logger = {
      info: (message, fields) => lines.push(["info", message, fields]),
      warn: (message, fields) => lines.push(["warn", message, fields]),
      fault: () => {},
      flush: () => {},
    };
    write(authority.issue(days));
    const certificate = new ServedCertificate(files, logger);
    const server = createServer(certificate.options);
    certificate.servedBy(server, everyMilliseconds);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    return {
      certificate,
      lines,
      shown: () => shownAt(`https://127.0.0.1:${port}`),
      async close() {
        certificate.close();
        server.close();
        server.closeAllConnections();
      },
    };
  }

  it("is found by itself", async () => {
    const { shown, lines, close } = await watched(undefined, 5);
    const before = await shown();
    write(authority.issue());
    await eventually(() =>
      expect(lines.map(([, message]) => message)).toContain("Serving a new certificate"),
    );
    expect(await shown()).not.toBe(before);
    await close();
  });

  it.each([
    ["that doesn't belong together", () => ({ ...authority.issue(), key: authority.issue().key })],
    ["that is no PEM", () => ({ cert: "", key: "" })],
    [
      "that is half written",
      () => ({ ...authority.issue(), cert: "-----BEGIN CERTIFICATE-----\nMII" }),
    ],
  ])("%s is complained of once, and the old one stays", async (_, bad) => {
    const { certificate, shown, lines, close } = await watched();
    const before = [await shown(), certificate.expiresAt];
    write(bad());
    for (let looks = 0; looks < 3; looks += 1) await certificate.look();
    expect([await shown(), certificate.expiresAt]).toEqual(before);
    expect(lines).toMatchObject([["warn", expect.stringContaining("no good pair"), {}]]);
    await close();
  });

  it("that is gone is complained of once, and the next is taken", async () => {
    const { certificate, shown, lines, close } = await watched();
    const before = await shown();
    rmSync(files.certFile);
    await certificate.look();
    await certificate.look();
    expect(lines).toMatchObject([["warn", expect.any(String), { kind: "unreadable" }]]);
    write(authority.issue());
    await certificate.look();
    expect(await shown()).not.toBe(before);
    await close();
  });

  it("is warned of a fortnight before its end, once a day and not before", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    try {
      const { certificate, lines, close } = await watched(20);
      const end = certificate.expiresAt;
      expect(end - Date.now()).toBeGreaterThan(19.9 * day);
      for (const [days, warnings] of [
        [15, 0],
        [13.9, 1],
        [13.5, 1],
        [12.8, 2],
        [-1, 3],
      ] as const) {
        vi.setSystemTime(end - days * day);
        await certificate.look();
        expect(lines).toHaveLength(warnings);
      }
      const dueAt = new Date(end).toISOString();
      expect(lines[0]).toEqual(["warn", "The certificate ends soon", { dueAt }]);
      await close();
    } finally {
      vi.useRealTimers();
    }
  });
});

it("tells the metrics when the certificate ends", async () => {
  write(authority.issue(30));
  const { url } = await started({}, undefined, { tls: files });
  const socket = await connectedTo(url);
  const { valid_to } = socket.getPeerCertificate();
  socket.write(get("/metrics"));
  expect(String(await once(socket, "data"))).toContain(`ends ${Date.parse(valid_to)}\n`);
  socket.destroy();
});
