/**
 * Where a provider's API is. What is sent there is a credential, and metadata is chosen by whoever
 * may rotate: so the operator's description says the host, of which metadata may fill in one label
 * in front, and nothing else.
 */
import { RotationFailure } from "../rotator.ts";
import { type Bindings, fillPath, fillText } from "./template.ts";

const form = /^(https?:\/\/)((?:\{metadata\.[\w-]+\}\.)?)([^{}/?#@\\]+)((?:\/[^?#]*)?)$/;

/** For people: what isBaseUrl asks. */
export const whatBaseUrlsAre =
  "must be https://HOST or https://HOST/PATH, http only on loopback; of the host metadata may fill " +
  "in the first label alone";

export function isBaseUrl(template: string): boolean {
  const url = form.test(template) ? URL.parse(template.replaceAll(/\{[^}]*\}/g, "x")) : null;
  return url !== null && isSafe(url);
}

/** Throws RotationFailure where metadata would lead elsewhere. */
export function fillBaseUrl(template: string, bindings: Bindings): URL {
  const [, scheme = "", label = "", host = "", path = ""] = template.match(form) ?? [];
  const first = fillText(label, bindings);
  if (label !== "" && !/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.$/i.test(first)) {
    throw new RotationFailure(`The metadata for ${label} is no part of a host's name.`);
  }
  return new URL(`${scheme}${first}${host}${fillPath(path, bindings)}`);
}

/** Over TLS, or to this machine. */
export function isSafe({ protocol, hostname }: URL): boolean {
  if (protocol === "https:") return true;
  return protocol === "http:" && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
