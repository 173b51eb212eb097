/**
 * Credentials for a token that a cluster or a CI service wrote into a file, as EKS and GitHub
 * Actions do: a role is assumed with it, which needs no signature.
 */
import { readFile } from "node:fs/promises";
import type { Place } from "../transport/endpoints.ts";
import { type Credentials, sourceFailed } from "./credentials.ts";
import { assumeRoleWithWebIdentity } from "./security-token-service.ts";

export interface WebIdentity {
  readonly tokenFile: string;
  readonly roleArn: string;
  readonly roleSessionName: string | undefined;
}

export async function webIdentityCredentials(
  { tokenFile, roleArn, roleSessionName }: WebIdentity,
  place: Place,
): Promise<Credentials> {
  return assumeRoleWithWebIdentity({
    webIdentityToken: await tokenIn(tokenFile),
    roleArn,
    roleSessionName,
    place,
  });
}

/** Read each time: tokens live for an hour and are written anew. */
async function tokenIn(path: string): Promise<string> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch {
    throw sourceFailed(`the web identity token file ${path} can't be read`);
  }
}
