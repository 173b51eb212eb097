/** Whether a secret may be sent there: over TLS, or to this machine. */
export function isSafeForSecrets({ protocol, hostname }: URL): boolean {
  if (protocol === "https:") return true;
  return protocol === "http:" && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
