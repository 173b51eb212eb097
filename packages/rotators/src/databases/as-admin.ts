/**
 * The admin sets a user's password: only on the server that its own secret names, and only of a
 * user whose AWSCURRENT password is good or whom the metadata names. Otherwise whoever may write a
 * secret could have the admin give them any user of any server, or send its password anywhere.
 */
import { type Rotation, RotationFailure } from "../rotator.ts";
import type { DatabaseEngine, DatabaseSession } from "./database-engine.ts";
import { type DatabaseSecret, isSameServer, parseDatabaseSecret } from "./database-secret.ts";
import { inSession, LoginRefused } from "./login.ts";
import { baseOf } from "./pair-of-users.ts";

export async function asAdmin(
  engine: DatabaseEngine,
  rotation: Rotation,
  current: DatabaseSecret,
  work: (admin: DatabaseSession) => Promise<void>,
): Promise<void> {
  // AWS's own functions find it in the secret.
  const adminSecret = rotation.metadata.adminSecretArn ?? current.masterarn;
  if (adminSecret === undefined) {
    throw new RotationFailure(
      "No known password of the user is good, or the strategy needs an admin: give adminSecretArn.",
    );
  }
  const admin = parseDatabaseSecret(
    await rotation.versions.valueOf(adminSecret),
    engine.defaultPort,
  );
  if (!isSameServer(admin, current)) {
    throw new RotationFailure("The admin secret names another host or port than the secret.");
  }
  if (rotation.metadata.username !== baseOf(current.username)) {
    await requireGoodPassword(engine, current);
  }
  // What the user was granted lies in its database.
  await inSession(engine, { ...admin, dbname: current.dbname ?? admin.dbname }, work);
}

async function requireGoodPassword(engine: DatabaseEngine, current: DatabaseSecret) {
  try {
    await inSession(engine, current, async () => {});
  } catch (error) {
    if (!(error instanceof LoginRefused)) throw error;
    throw new RotationFailure(
      "AWSCURRENT can't log in. If the admin may set this user's password nevertheless, name it in the metadata username.",
    );
  }
}
