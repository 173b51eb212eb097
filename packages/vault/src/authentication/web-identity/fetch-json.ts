/**
 * Reads a JSON document from an identity provider: over TLS only, bounded in time and size, and
 * without following it anywhere else. Who isn't vouched for by a public authority (or one that
 * NODE_EXTRA_CA_CERTS names) is trusted by the thumbprints that its account has registered.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html
 */
import { hash, X509Certificate } from "node:crypto";
import { request } from "node:https";
import { connect, type DetailedPeerCertificate } from "node:tls";
import { noVerificationKey, unreachableIssuer, wrongThumbprint } from "./refusals.ts";

const millisecondsMax = 5000;
/** AWS takes 200 keys of an issuer; with certificates beside them they come to about half of this. */
const bytesMax = 1024 * 1024;

/** Throws IDPCommunicationError, or InvalidIdentityToken for an answer that is of no use. */
export async function fetchJson(url: URL, thumbprints: readonly string[]): Promise<unknown> {
  const signal = AbortSignal.timeout(millisecondsMax);
  let body: Buffer | undefined;
  try {
    body = await fetchVerified(url, signal).catch((error: unknown) => {
      if (!isUntrusted(error) || thumbprints.length === 0) throw error;
      return fetchPinned(url, thumbprints, signal);
    });
  } catch (error) {
    throw isUntrusted(error) ? wrongThumbprint() : unreachableIssuer(error);
  }
  if (body === undefined) throw noVerificationKey();
  try {
    return JSON.parse(body.toString("utf8"));
  } catch (error) {
    throw noVerificationKey(error);
  }
}

/** No certificate of the chain, or none with the thumbprint, leads to an authority. */
class Untrusted extends Error {
  override readonly name = "Untrusted";
}

/** What OpenSSL says where the chain is sound and only its end is unknown. */
const unknownAuthority: ReadonlySet<unknown> = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

function isUntrusted(error: unknown): boolean {
  return error instanceof Untrusted || unknownAuthority.has((error as { code?: unknown }).code);
}

/** The certificate with the thumbprint takes the place of the authorities; all else is checked. */
async function fetchPinned(
  url: URL,
  thumbprints: readonly string[],
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  const chain = await presentedChain(url, signal);
  const pinned = chain.find((raw) => thumbprints.includes(hash("sha1", raw, "hex")));
  if (pinned === undefined) throw new Untrusted();
  return fetchVerified(url, signal, new X509Certificate(pinned).toString());
}

/** The body of a reply with status 200; undefined for any other, redirections among them. */
function fetchVerified(url: URL, signal: AbortSignal, ca?: string): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request(
      url,
      {
        agent: false,
        signal,
        headers: { accept: "application/json" },
        ...(ca !== undefined && { ca, allowPartialTrustChain: true }),
      },
      (reply) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        if (reply.statusCode !== 200) {
          reply.destroy();
          resolve(undefined);
          return;
        }
        reply.on("data", (chunk: Buffer) => {
          bytes += chunk.length;
          chunks.push(chunk);
          if (bytes <= bytesMax) return;
          reply.destroy();
          resolve(undefined);
        });
        reply.on("end", () => resolve(Buffer.concat(chunks)));
        reply.on("error", reject);
      },
    );
    asked.on("error", reject);
    asked.end();
  });
}

/** The certificates that the server presents, in DER; nothing is sent to it. */
function presentedChain({ hostname, port }: URL, signal: AbortSignal): Promise<readonly Buffer[]> {
  const host = hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port: Number(port || 443),
      ...(/[a-z]/i.test(host) && !host.includes(":") && { servername: host }),
      rejectUnauthorized: false,
    });
    const giveUp = () => socket.destroy(new Error("The identity provider took too long."));
    signal.addEventListener("abort", giveUp, { once: true });
    socket.on("error", reject);
    socket.on("close", () => signal.removeEventListener("abort", giveUp));
    socket.on("secureConnect", () => {
      resolve(chainOf(socket.getPeerCertificate(true)));
      socket.destroy();
    });
  });
}

function chainOf(leaf: DetailedPeerCertificate): readonly Buffer[] {
  const chain: Buffer[] = [];
  let certificate: DetailedPeerCertificate | undefined = leaf;
  // An authority's own certificate names itself as its issuer.
  while (
    certificate?.raw !== undefined &&
    !chain.some((raw) => raw.equals(certificate?.raw as Buffer))
  ) {
    chain.push(certificate.raw);
    certificate = certificate.issuerCertificate;
  }
  return chain;
}
