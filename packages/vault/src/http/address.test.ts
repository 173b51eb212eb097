import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalAddress, originReader, type Transport, transportRule } from "./address.ts";

const loopback: Transport = {
  host: "127.0.0.1",
  hasTls: false,
  trustedProxies: [],
  isInsecure: false,
};
const proxied: Transport = {
  ...loopback,
  host: "0.0.0.0",
  trustedProxies: ["10.0.0.0/8", "192.0.2.7", "fd00::/8"],
};

describe("the transport rule", () => {
  it.each(["127.0.0.1", "127.9.9.9", "::1", "localhost", "::ffff:127.0.0.1"])(
    "lets %s go without TLS",
    (host) => {
      expect(transportRule({ ...loopback, host })).toEqual({ isAllowed: true });
    },
  );

  it.each(["0.0.0.0", "::", "192.168.1.5", "10.0.0.1", "vault.internal", "127.0.0.1.example.com"])(
    "wants TLS, a proxy or --insecure for %s, and says so",
    (host) => {
      const ruling = transportRule({ ...loopback, host });
      expect(ruling).toMatchObject({ isAllowed: false });
      expect(JSON.stringify(ruling)).toMatch(/--tls-cert.*--behind-proxy.*--insecure/);
      expect(transportRule({ ...loopback, host, hasTls: true }).isAllowed).toBe(true);
      expect(transportRule({ ...proxied, host }).isAllowed).toBe(true);
      expect(transportRule({ ...loopback, host, isInsecure: true }).isAllowed).toBe(true);
    },
  );

  it.each(["10.0.0.0/33", "fd00::/129", "10.0.0.0/", "10.0.0/8", "proxy", "", "10.0.0.0/8/8"])(
    "refuses %j as a range",
    (range) => {
      expect(transportRule({ ...proxied, trustedProxies: [range] }).isAllowed).toBe(false);
    },
  );
});

describe("a request's origin", () => {
  const direct = originReader(loopback);
  const behind = originReader(proxied);

  it("is the peer where nothing is forwarded", () => {
    expect(direct("127.0.0.1", undefined, undefined)).toEqual({
      address: "127.0.0.1",
      isSecure: false,
    });
    const tls = originReader({ ...loopback, hasTls: true });
    expect(tls("198.51.100.1", undefined, undefined).isSecure).toBe(true);
  });

  it("is what a trusted proxy says, in canonical form", () => {
    expect(behind("10.1.2.3", "203.0.113.9", "https")).toEqual({
      address: "203.0.113.9",
      isSecure: true,
    });
    expect(behind("192.0.2.7", "2001:DB8:0:0::1", "http")).toEqual({
      address: "2001:db8::1",
      isSecure: false,
    });
    expect(behind("fd00::1", "::ffff:203.0.113.9", "HTTPS").address).toBe("203.0.113.9");
  });

  it("is the nearest address that is no proxy: what stands before it may be invented", () => {
    expect(behind("10.0.0.1", "1.1.1.1, 203.0.113.9, 10.0.0.2", "http, https")).toEqual({
      address: "203.0.113.9",
      isSecure: true,
    });
    expect(behind("10.0.0.1", "10.0.0.3, 10.0.0.2", "https").address).toBe("10.0.0.3");
  });

  it("is refused where anybody else forwards", () => {
    expect(direct("127.0.0.1", "1.1.1.1", undefined).problem).toContain("--behind-proxy");
    expect(direct("127.0.0.1", undefined, "https").problem).toContain("--behind-proxy");
    expect(behind("198.51.100.1", "1.1.1.1", "https").problem).toContain("--behind-proxy");
  });

  it("is refused where the network is reached past the proxy", () => {
    expect(behind("198.51.100.1", undefined, undefined).problem).toContain("through the proxy");
    expect(behind("127.0.0.1", undefined, undefined).problem).toBeUndefined();
  });

  it("is refused where the proxy doesn't say it", () => {
    expect(behind("10.0.0.1", undefined, undefined).problem).toContain("must send");
    expect(behind("10.0.0.1", "203.0.113.9", undefined).problem).toContain("must send");
    expect(behind("10.0.0.1", "unknown", "https").problem).toContain("addresses");
    expect(behind("10.0.0.1", "", "https").problem).toContain("addresses");
  });

  it("is told of any headers, and is always an address or refused", () => {
    const list = fc.array(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string({ maxLength: 9 }))).map(String);
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), list, fc.string(), (peer, chain, proto) => {
        const origin = behind(canonicalAddress(peer) as string, chain, proto);
        expect(canonicalAddress(origin.address)).toBe(origin.address);
      }),
    );
  });
});

it("names an address in one way", () => {
  expect(canonicalAddress("::ffff:127.0.0.1")).toBe("127.0.0.1");
  expect(canonicalAddress("fe80::1%eth0")).toBe("fe80::1");
  expect(canonicalAddress("1.2.3")).toBeUndefined();
  expect(canonicalAddress("")).toBeUndefined();
});
