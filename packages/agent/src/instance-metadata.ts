/**
 * EC2's instance metadata, version 2 only: a PUT gives a token, and GETs with it read a tree with
 * the role's credentials and what SDKs look for beside them. Version 1, without a token, is
 * refused, and so is what came through a proxy.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
 */
import type { IncomingMessage } from "node:http";
import { type Instance, instanceTree, type Leaf, type Tree } from "./instance-tree.ts";
import type { Endpoint, LocalReply } from "./local-server.ts";
import { MetadataTokens } from "./metadata-tokens.ts";
import { CredentialsUnavailable } from "./workload-credentials.ts";

const tokenHeader = "x-aws-ec2-metadata-token";
const ttlHeader = "x-aws-ec2-metadata-token-ttl-seconds";
const ttlSecondsMax = 21_600;

export function instanceMetadata(instance: Instance): Endpoint {
  const tokens = new MetadataTokens();
  const root: Tree = { latest: instanceTree(instance) };
  return {
    kind: "imds",
    answer(request, path) {
      // A proxy that was tricked into asking adds this header: whoever is behind it gets nothing.
      if (request.headers["x-forwarded-for"] !== undefined) return page(403, "Forbidden");
      if (path === "/latest/api/token") return newToken(tokens, request);
      if (request.method !== "GET") return notAllowed("GET");
      const secondsLeft = tokens.secondsLeft(header(request, tokenHeader));
      if (secondsLeft === undefined) return page(401, "Unauthorized");
      return read(root, path, { [ttlHeader]: String(secondsLeft) });
    },
  };
}

function newToken(tokens: MetadataTokens, request: IncomingMessage): LocalReply {
  if (request.method !== "PUT") return notAllowed("PUT");
  const ttl = header(request, ttlHeader);
  const seconds = /^\d{1,5}$/.test(ttl) ? Number(ttl) : 0;
  if (seconds < 1 || seconds > ttlSecondsMax) return page(400, "Bad Request");
  return text(tokens.issue(seconds), { [ttlHeader]: String(seconds) });
}

/** A leaf's text, or the names below a folder: a final slash makes no difference, as on EC2. */
async function read(
  root: Tree,
  path: string,
  headers: Record<string, string>,
): Promise<LocalReply> {
  const names = path.split("/").filter((name) => name !== "");
  let node: Tree | Leaf | undefined = root;
  for (const name of names) {
    node = typeof node === "object" && Object.hasOwn(node, name) ? node[name] : undefined;
  }
  if (node === undefined) return page(404, "Not Found");
  if (typeof node === "object") return text(listing(node, names.length), headers);
  try {
    return text(await node(), headers);
  } catch (error) {
    if (!(error instanceof CredentialsUnavailable)) throw error;
    return page(503, "Service Unavailable");
  }
}

/** EC2 marks folders with a slash, but not those of the first two levels. */
function listing(tree: Tree, depth: number): string {
  return Object.entries(tree)
    .map(([name, node]) => (depth > 1 && typeof node === "object" ? `${name}/` : name))
    .join("\n");
}

function header(request: IncomingMessage, name: string): string {
  return String(request.headers[name] ?? "");
}

function text(body: string, headers: Record<string, string>): LocalReply {
  return { status: 200, headers: { "content-type": "text/plain", ...headers }, body };
}

function notAllowed(allow: string): LocalReply {
  return page(405, "Method Not Allowed", { allow });
}

/** EC2's errors are small pages. */
function page(status: number, reason: string, headers: Record<string, string> = {}): LocalReply {
  const title = `${status} - ${reason}`;
  return {
    status,
    headers: { "content-type": "text/html", ...headers },
    body: `<html>\n <head>\n  <title>${title}</title>\n </head>\n <body>\n  <h1>${title}</h1>\n </body>\n</html>\n`,
  };
}
