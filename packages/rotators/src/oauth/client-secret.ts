/**
 * Rotates the secret of an OAuth client at a server that has RFC 7592's client configuration
 * endpoint. The secret is the client information response of RFC 7591, as JSON. Servers that have
 * two secrets made and deleted by an API of their own are declared (`declared/`) instead.
 *
 * The server makes the new secret up, and the old one ends then, or a while later where the server
 * lets it. There is no way back from that, and so no revokeSecret: after a failure the vault goes
 * on with the same version, which clients find under AWSPENDING.
 */
import { graceSecondsOf } from "../declared/grace-period.ts";
import { type Rotation, RotationFailure, type Rotator } from "../rotator.ts";
import { type Client, clientInformation, readClient, renewClient } from "./registration.ts";
import { isAccepted } from "./token-request.ts";

export const oauthClientSecret: Rotator = {
  type: "OAuthClientSecret",
  title: "OAuth client secret",
  strategy: "oneKey",
  standing: "tested against a stand-in",
  documentation: "https://www.rfc-editor.org/rfc/rfc7592",
  metadata: {
    adminSecretArn: {
      required: false,
      says: "The secret with registration_client_uri and registration_access_token, where the client's own doesn't hold them.",
    },
    tokenEndpoint: {
      required: true,
      says: "The server's token endpoint, where a new secret is tested.",
    },
    gracePeriod: {
      required: false,
      says: "How long the server goes on taking the old secret, such as 1h; without it, not at all.",
    },
  },

  async createSecret(rotation) {
    const current = clientInformation((await rotation.versions.current()).value);
    const known = { ...(await adminOf(rotation)), ...current };
    const found = await readClient(known, rotation.signal);
    // Another one than AWSCURRENT's is what an earlier try was given and couldn't store.
    const next = isAnother(found, current)
      ? found
      : await renewClient({ ...known, ...found }, rotation.signal);
    if (!isAnother(next, current)) {
      throw new RotationFailure("The authorization server issues no new secret on an update.");
    }
    return { secretString: JSON.stringify({ ...current, ...issuedIn(found), ...issuedIn(next) }) };
  },

  async testSecret(rotation, value) {
    if (await isAccepted(rotation, clientInformation(value))) return;
    throw new RotationFailure("The token endpoint refuses the client's secret.");
  },

  async finishSecret({ metadata, versions }) {
    if (metadata.gracePeriod === undefined) return { oldKeyIsDead: true };
    const { createdDate } = await versions.current();
    return {
      oldKeyLivesUntil: new Date(
        createdDate.getTime() + graceSecondsOf(metadata.gracePeriod) * 1000,
      ),
    };
  },
};

async function adminOf({ metadata, versions }: Rotation): Promise<Client> {
  if (metadata.adminSecretArn === undefined) return {};
  return clientInformation(await versions.valueOf(metadata.adminSecretArn));
}

function isAnother({ client_secret }: Client, current: Client): boolean {
  return typeof client_secret === "string" && client_secret !== current.client_secret;
}

const issued = [
  "client_secret",
  "client_secret_expires_at",
  "registration_client_uri",
  "registration_access_token",
];

/** Any answer may bring another token for the registration, and the one before is void then. */
function issuedIn(client: Client): Client {
  return Object.fromEntries(Object.entries(client).filter(([name]) => issued.includes(name)));
}
