/**
 * Rotates the secret of an OAuth client at a server that has RFC 7592's client configuration
 * endpoint. The secret is the client information response of RFC 7591, as JSON. Servers that have
 * two secrets made and deleted by an API of their own are declared (`declared/`) instead.
 *
 * The server makes the new secret up, and the old one ends then, or a while later where the server
 * lets it. There is no way back from that, so that a new secret that is good becomes AWSCURRENT
 * even where its rotation fails.
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
    const old = await rotation.versions.current();
    // Where a new secret can't be stored readers would be left with one that is void.
    await rotation.versions.requireWritable(old);
    const current = clientInformation(old.value);
    const admin = await registrationOf(rotation, current);
    const known = { ...current, ...admin };
    const found = await readClient(known, rotation.signal);
    // Another one than AWSCURRENT's is what an earlier try was given and couldn't store.
    const next = isAnother(found, current)
      ? found
      : await renewClient({ ...known, ...found }, rotation.signal);
    if (!isAnother(next, current)) {
      throw new RotationFailure("The authorization server issues no new secret on an update.");
    }
    const client = { ...current, ...issuedIn(found), ...issuedIn(next) };
    return { secretString: JSON.stringify(without(client, admin)) };
  },

  async testSecret(rotation, value) {
    if (await isGood(rotation, value)) return;
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

  async revokeSecret(rotation, value) {
    const { token, versions } = rotation;
    // What was never stored is found at the server by the next rotation.
    if (value === undefined || (await versions.value(token)) !== value) return;
    if (!(await isGood(rotation, value))) return;
    if ((await versions.stagesOf(token)).includes("AWSPENDING")) return "isTheOnlyKey";
    throw new RotationFailure("The server keeps one secret only: rotate it, and this one ends.");
  },
};

async function isGood(rotation: Rotation, value: string): Promise<boolean> {
  const client = clientInformation(value);
  return isAccepted(rotation, { ...client, ...(await registrationOf(rotation, client)) });
}

/** The admin secret says where: its token isn't sent where whoever writes the other one likes. */
async function registrationOf({ metadata, versions }: Rotation, client: Client): Promise<Client> {
  if (metadata.adminSecretArn === undefined) return {};
  const admin = clientInformation(await versions.valueOf(metadata.adminSecretArn));
  const { registration_client_uri } = admin;
  // A token that the server has replaced since is kept with the client.
  const { registration_access_token = admin.registration_access_token } = client;
  return { registration_client_uri, registration_access_token };
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

/** What the admin secret holds is not for those who read the client's. */
function without(client: Client, admin: Client): Client {
  return Object.fromEntries(
    Object.entries(client).filter(([name, value]) => admin[name] !== value),
  );
}
