/** Numbers, dates, booleans and addresses as IAM writes them. undefined for what is none. */
import ipaddr from "ipaddr.js";

export function numberOf(text: string): number | undefined {
  return /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

export function booleanOf(text: string): boolean | undefined {
  const folded = text.toLowerCase();
  if (folded === "true") return true;
  return folded === "false" ? false : undefined;
}

export function binaryOf(text: string): string | undefined {
  const isBase64 = /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0;
  return isBase64 ? Buffer.from(text, "base64").toString("base64") : undefined;
}

const isoForm =
  /^(-?\d{1,9})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:t(?:(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,9}))?)?)?)?(z|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/**
 * Milliseconds of an ISO 8601 date, also an incomplete one, or of epoch seconds. AWS takes years
 * that JavaScript's Date does not reach; they compare as before or after all others.
 */
export function dateOf(text: string): number | undefined {
  if (/^\d+$/.test(text)) return BigInt(text) < 2n ** 63n ? Number(text) * 1000 : undefined;
  const form = isoForm.exec(text);
  if (form === null) return undefined;
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map((at) =>
    Number(form[at] ?? (at <= 3 ? 1 : 0)),
  ) as [number, number, number, number, number, number];
  const isLawful =
    year >= -292275054 &&
    year <= 292278993 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= 31 &&
    hour <= 23 &&
    minute <= 59 &&
    second <= 59;
  if (!isLawful) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second, Number(`0.${form[7] ?? 0}`) * 1000);
  if (Number.isNaN(date.getTime())) return year * Number.POSITIVE_INFINITY;
  const offset = offsetOf(form[8]);
  return offset === undefined ? undefined : date.getTime() - offset;
}

/** Milliseconds east of Greenwich. */
function offsetOf(zone: string | undefined): number | undefined {
  if (zone === undefined || zone.toLowerCase() === "z") return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(":", ""));
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

export type Address = ipaddr.IPv4 | ipaddr.IPv6;
export type AddressRange = readonly [Address, number];

/** The address asked about last: within a request every policy asks about the same one. */
let lastAddress: { readonly text: string; readonly address: Address | undefined } | undefined;

export function addressOf(text: string): Address | undefined {
  if (lastAddress?.text !== text) lastAddress = { text, address: parseAddress(text) };
  return lastAddress.address;
}

/** An IPv4 address that came in IPv6's clothes is the IPv4 address. */
function parseAddress(text: string): Address | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  return ipaddr.IPv6.isValid(text) ? ipaddr.process(text) : undefined;
}

/** `203.0.113.0/24`, `2001:db8::/32`, or one address. */
export function addressRangeOf(text: string): AddressRange | undefined {
  const [base = "", prefix, ...more] = text.split("/");
  const address = parseAddress(base);
  if (address === undefined || more.length > 0) return undefined;
  const isMapped = base.includes(":") && address.kind() === "ipv4";
  const bits = address.kind() === "ipv4" ? 32 : 128;
  if (prefix === undefined) return [address, bits];
  const length = /^\d{1,3}$/.test(prefix) ? Number(prefix) - (isMapped ? 96 : 0) : -1;
  return length >= 0 && length <= bits ? [address, length] : undefined;
}

export function isInRange(address: Address, [base, length]: AddressRange): boolean {
  // ipaddr.js types `match` for each family apart and throws where they differ.
  if (address.kind() !== base.kind()) return false;
  return (address as ipaddr.IPv4).match(base as ipaddr.IPv4, length);
}
