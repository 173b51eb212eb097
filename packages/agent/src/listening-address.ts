/** Where an endpoint that gives credentials away may be served, and under which names. */
import { BlockList, isIP } from "node:net";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** Link-local addresses that never leave the machine; SDKs accept plain HTTP from them. */
const linkLocal = {
  /** Of EC2. */
  imds: new Set(["169.254.169.254", "fd00:ec2::254"]),
  /** Of ECS and EKS Pod Identity. */
  container: new Set(["169.254.170.2", "169.254.170.23", "fd00:ec2::23"]),
} as const;

/**
 * Instance metadata asks nobody who they are, so it stays on the machine, TLS or not. Container
 * credentials are guarded by a token, which may cross a network under TLS.
 */
export function mayServe(endpoint: "imds" | "container", host: string, hasTls: boolean): boolean {
  if (isLoopback(host) || linkLocal[endpoint].has(host)) return true;
  return endpoint === "container" && hasTls;
}

/**
 * Whether a Host header names an address. A page whose own DNS name was pointed at this machine
 * sends that name (DNS rebinding), and is refused.
 */
export function namesAnAddress(host: string | undefined): boolean {
  const name = (host ?? "").replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
  return name === "localhost" || isIP(name) !== 0;
}

function isLoopback(host: string): boolean {
  const version = isIP(host);
  if (version === 0) return host === "localhost";
  return loopback.check(host, version === 4 ? "ipv4" : "ipv6");
}
