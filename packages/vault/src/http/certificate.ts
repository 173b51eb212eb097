/**
 * The certificate that is served: taken anew when its files change, so that a renewal needs no
 * restart and cuts no connection. A pair that doesn't load, or whose key isn't the certificate's,
 * is logged, and the one before is served on.
 */
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createSecureContext, type SecureContextOptions, type Server } from "node:tls";
import type { Logger } from "./logger.ts";

/** PEM files. */
export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** Their contents are looked at, not their times: whoever renews them may link, rename or mount. */
const lookMilliseconds = 30_000;

const dayMilliseconds = 86_400_000;
const warningDays = 14;

interface Pair {
  readonly cert: Buffer;
  readonly key: Buffer;
}

export class ServedCertificate {
  readonly #files: CertificateFiles;
  readonly #logger: Logger;
  #served: Pair;
  /** What was looked at last: what can't be read, or doesn't load, is complained of once. */
  #seen: Pair | undefined;
  #warnedAt = 0;
  #expiresAt: number;
  #server: Server | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** Throws where the files can't be read, don't load, or don't belong together. */
  constructor(files: CertificateFiles, logger: Logger) {
    this.#files = files;
    this.#logger = logger;
    this.#served = { cert: readFileSync(files.certFile), key: readFileSync(files.keyFile) };
    this.#expiresAt = expiryOf(this.#served);
    this.#seen = this.#served;
    this.#warnOfExpiry();
  }

  /** In milliseconds since the epoch. */
  get expiresAt(): number {
    return this.#expiresAt;
  }

  get options(): SecureContextOptions {
    return optionsOf(this.#served);
  }

  /** From now on the server gets every new pair. Returns it. */
  servedBy(server: Server, everyMilliseconds = lookMilliseconds): Server {
    this.#server = server;
    this.#timer = setInterval(() => void this.look(), everyMilliseconds).unref();
    return server;
  }

  /** Takes what the files hold now, if it is another pair and a good one. Never rejects. */
  async look(): Promise<void> {
    this.#warnOfExpiry();
    const pair = await this.#read();
    if (isSame(pair, this.#seen)) return;
    this.#seen = pair;
    if (pair === undefined) this.#complain("unreadable");
    else if (!isSame(pair, this.#served)) this.#take(pair);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #read(): Promise<Pair | undefined> {
    const { certFile, keyFile } = this.#files;
    try {
      const [cert, key] = await Promise.all([readFile(certFile), readFile(keyFile)]);
      return { cert, key };
    } catch {
      return undefined;
    }
  }

  #take(pair: Pair): void {
    try {
      this.#expiresAt = expiryOf(pair);
    } catch (error) {
      this.#complain((error as { readonly code?: string }).code);
      return;
    }
    this.#server?.setSecureContext(optionsOf(pair));
    this.#served = pair;
    this.#warnedAt = 0;
    this.#logger.info("Serving a new certificate", { dueAt: this.#expiryTime });
    this.#warnOfExpiry();
  }

  #complain(kind: string | undefined): void {
    const message = "The certificate's files hold no good pair; the one before is served on";
    this.#logger.warn(message, { kind });
  }

  #warnOfExpiry(): void {
    const now = Date.now();
    if (this.#expiresAt - now > warningDays * dayMilliseconds) return;
    if (now - this.#warnedAt < dayMilliseconds) return;
    this.#warnedAt = now;
    this.#logger.warn("The certificate ends soon", { dueAt: this.#expiryTime });
  }

  get #expiryTime(): string {
    return new Date(this.#expiresAt).toISOString();
  }
}

function optionsOf({ cert, key }: Pair): SecureContextOptions {
  return { cert, key, minVersion: "TLSv1.2" };
}

/** Of the server's own certificate, the first in its chain. Throws unless the pair can be served. */
function expiryOf(pair: Pair): number {
  createSecureContext(optionsOf(pair));
  return Date.parse(new X509Certificate(pair.cert).validTo);
}

function isSame(one: Pair | undefined, other: Pair | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.cert.equals(other.cert) && one.key.equals(other.key);
}
