/**
 * Who may be served without TLS, and whose word is taken for a client's address. Only loopback
 * is; another address needs TLS, named proxies, or an explicit `--insecure`, since otherwise
 * secrets could be read on the way and `aws:SourceIp` would name a load balancer.
 */
import { BlockList, isIP } from "node:net";
import ipaddr from "ipaddr.js";

export interface Transport {
  readonly host: string;
  readonly hasTls: boolean;
  /** CIDRs or single addresses. */
  readonly trustedProxies: readonly string[];
  readonly isInsecure: boolean;
}

export type TransportRuling =
  | { readonly isAllowed: true }
  | { readonly isAllowed: false; readonly message: string; readonly hint: string };

/** Whether the vault may listen like this, and if not, what to do about it. */
export function transportRule(transport: Transport): TransportRuling {
  for (const range of transport.trustedProxies) {
    if (parseRange(range) === undefined) {
      return refuse(`'${range}' is not an address range`, "give CIDRs such as 10.0.0.0/8,fd00::/8");
    }
  }
  const { host, hasTls, trustedProxies, isInsecure } = transport;
  if (isLoopback(host) || hasTls || trustedProxies.length > 0 || isInsecure) {
    return { isAllowed: true };
  }
  return refuse(
    `${host} is not loopback, and secrets would cross the network in the clear`,
    "give --tls-cert and --tls-key, or --behind-proxy CIDR,… when a proxy ends TLS, " +
      "or --insecure if you accept that",
  );
}

function refuse(message: string, hint: string): TransportRuling {
  return { isAllowed: false, message, hint };
}

function isLoopback(host: string): boolean {
  if (host === "localhost") return true;
  return isIP(host) !== 0 && ipaddr.process(host).range() === "loopback";
}

/** Where a request comes from, or why nothing it says about that is believed. */
export type Origin =
  | { readonly address: string; readonly isSecure: boolean; readonly problem?: undefined }
  | { readonly address: string; readonly isSecure: boolean; readonly problem: string };

export type OriginOf = (
  peer: string,
  forwardedFor: string | undefined,
  forwardedProto: string | undefined,
) => Origin;

/**
 * Tells a request's origin from its peer's address (as `canonicalAddress` gives it) and the
 * X-Forwarded headers, which are believed from trusted proxies and refused from everybody else.
 */
export function originReader(transport: Transport): OriginOf {
  const { hasTls, trustedProxies, isInsecure } = transport;
  const proxies = proxyList(trustedProxies);
  return (address, forwardedFor, forwardedProto) => {
    if (isAmong(proxies, address))
      return forwardedOrigin(proxies, address, forwardedFor, forwardedProto);
    const origin = { address, isSecure: hasTls };
    if (forwardedFor !== undefined || forwardedProto !== undefined) {
      const problem =
        "X-Forwarded-For and X-Forwarded-Proto are only believed from the addresses of --behind-proxy.";
      return { ...origin, problem };
    }
    if (trustedProxies.length > 0 && !hasTls && !isInsecure && !isLoopback(address)) {
      return { ...origin, problem: "Requests come through the proxy or over loopback." };
    }
    return origin;
  };
}

/** The nearest address that is no proxy of ours: what stands before it, a client may invent. */
function forwardedOrigin(
  proxies: BlockList,
  peer: string,
  forwardedFor: string | undefined,
  forwardedProto: string | undefined,
): Origin {
  const incomplete = { address: peer, isSecure: false };
  if (forwardedFor === undefined || forwardedProto === undefined) {
    return {
      ...incomplete,
      problem: "The proxy must send X-Forwarded-For and X-Forwarded-Proto.",
    };
  }
  const isSecure = lastOf(forwardedProto).toLowerCase() === "https";
  let rest = forwardedFor;
  for (;;) {
    const address = canonicalAddress(lastOf(rest));
    if (address === undefined) {
      return { ...incomplete, problem: "X-Forwarded-For does not hold addresses." };
    }
    const comma = rest.lastIndexOf(",");
    if (!isAmong(proxies, address) || comma < 0) return { address, isSecure };
    rest = rest.slice(0, comma);
  }
}

function isAmong(list: BlockList, address: string): boolean {
  return address !== "" && list.check(address, address.includes(":") ? "ipv6" : "ipv4");
}

function lastOf(list: string): string {
  return list.slice(list.lastIndexOf(",") + 1).trim();
}

function proxyList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const text of ranges) {
    const range = parseRange(text);
    if (range === undefined) throw new Error("the transport rule let a malformed range through");
    const [address, bits] = range;
    list.addSubnet(address.toString(), bits, address.kind());
  }
  return list;
}

function parseRange(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] | undefined {
  const [address = "", bits, ...more] = text.split("/");
  if (isIP(address) === 0 || more.length > 0) return undefined;
  const parsed = ipaddr.parse(address);
  const widest = parsed.kind() === "ipv4" ? 32 : 128;
  if (bits === undefined) return [parsed, widest];
  return /^\d{1,3}$/.test(bits) && Number(bits) <= widest ? [parsed, Number(bits)] : undefined;
}

/** IPv4 as such also where a socket has it mapped into IPv6; undefined if it is no address. */
export function canonicalAddress(text: string): string | undefined {
  if (isIP(text) === 0) return undefined;
  // A zone ("fe80::1%eth0") names an interface of this host, nothing of the client.
  const [address = ""] = text.split("%");
  return ipaddr.process(address).toString();
}
