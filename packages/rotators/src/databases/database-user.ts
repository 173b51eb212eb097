/**
 * Rotates the password of a database user, by AWS's two strategies: one user whose password
 * changes, or two that take turns, so that the old one goes on working while the new one is given
 * out. A password is stored before the database hears of it: a crash loses none.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotation-strategy.html
 */
import { type Rotation, RotationFailure, type Rotator } from "../rotator.ts";
import { asAdmin } from "./as-admin.ts";
import type { DatabaseEngine, DatabaseSession } from "./database-engine.ts";
import {
  type DatabaseSecret,
  isSameServer,
  newPassword,
  parseDatabaseSecret,
  withLogin,
} from "./database-secret.ts";
import { inSession, LoginRefused } from "./login.ts";
import { isClone, otherOf } from "./pair-of-users.ts";

export function databaseUser(engine: DatabaseEngine): Rotator {
  const { name, type, standing, documentation } = engine;
  return {
    type,
    title: `${name} user`,
    strategy: "oneKey",
    standing,
    documentation,
    metadata: {
      strategy: {
        required: false,
        says: "single (one user, whose password changes; so without it) or alternating (the user and its _clone take turns; needs the admin secret).",
      },
      username: {
        required: false,
        says: "The user, without _clone. Where it is given, the admin may set its password although AWSCURRENT can't log in.",
      },
    },

    async createSecret(rotation) {
      const { value } = await rotation.versions.current();
      const { username } = parse(engine, value);
      const next = isAlternating(rotation) ? nextName(engine, username) : username;
      return { secretString: withLogin(value, next, newPassword()) };
    },

    async setSecret(rotation, value) {
      const current = parse(engine, (await rotation.versions.current()).value);
      const pending = parse(engine, value);
      const username = isAlternating(rotation) ? otherOf(current.username) : current.username;
      // Whoever may only write the secret must not have the admin set anybody's password.
      if (pending.username !== username || !isSameServer(pending, current)) {
        throw new RotationFailure("AWSPENDING names another server or user than it has to.");
      }
      if (isAlternating(rotation)) return setOfPair(engine, rotation, current, pending);
      return setOwn(engine, rotation, current, pending);
    },

    async testSecret(_rotation, value) {
      await inSession(engine, parse(engine, value), async () => {});
    },

    async finishSecret(rotation) {
      return { oldKeyIsDead: !isAlternating(rotation) };
    },

    /**
     * Logged in with the password that is to go, which is the proof that it is still one, its user
     * gives itself another: AWSCURRENT's own, where a failed rotation had changed that, or else one
     * that nobody knows.
     */
    async revokeSecret({ token, versions }, value) {
      // Without one the database never heard of it.
      if (value === undefined) return;
      const revoked = parse(engine, value);
      const { versionId, value: currentValue } = await versions.current();
      const current = parse(engine, currentValue);
      const isOfCurrent = isSameServer(revoked, current) && revoked.username === current.username;
      const password = isOfCurrent && versionId !== token ? current.password : newPassword();
      if (password === revoked.password) return;
      await unlessRefused(inSession(engine, revoked, (own) => own.setOwnPassword(password)));
    },
  };
}

/** The user itself, as long as any version's password is good; else the admin. */
async function setOwn(
  engine: DatabaseEngine,
  rotation: Rotation,
  current: DatabaseSecret,
  pending: DatabaseSecret,
): Promise<void> {
  const change = (own: DatabaseSession) => own.setOwnPassword(pending.password);
  const labelled = (await rotation.versions.labelled()).map(({ value }) => parse(engine, value));
  // AWSPENDING's is good where an earlier try got this far.
  for (const { password } of [current, pending, ...labelled]) {
    const login = { ...current, password };
    if (await unlessRefused(inSession(engine, login, change))) return;
  }
  const { username, password } = pending;
  await asAdmin(engine, rotation, current, (admin) => admin.setPassword(username, password));
}

/** Always the admin: nobody has logged in as the other user since its last turn. */
async function setOfPair(
  engine: DatabaseEngine,
  rotation: Rotation,
  current: DatabaseSecret,
  { username, password }: DatabaseSecret,
): Promise<void> {
  await asAdmin(engine, rotation, current, (admin) =>
    isClone(username)
      ? admin.clone(current.username, username, password)
      : admin.setPassword(username, password),
  );
}

function nextName({ name, usernameLengthMax }: DatabaseEngine, username: string): string {
  const next = otherOf(username);
  if (next.length <= usernameLengthMax) return next;
  throw new RotationFailure(`${name} allows no name as long as the user's with _clone added.`);
}

function isAlternating({ metadata: { strategy = "single" } }: Rotation): boolean {
  if (strategy === "alternating") return true;
  if (strategy === "single") return false;
  throw new RotationFailure("The metadata strategy must be single or alternating.");
}

function parse(engine: DatabaseEngine, value: string): DatabaseSecret {
  const secret = parseDatabaseSecret(value, engine.defaultPort);
  if (secret.engine === undefined || engine.engines.includes(secret.engine)) return secret;
  throw new RotationFailure(`The secret's engine is not ${engine.name}.`);
}

/** Whether it was done. */
async function unlessRefused(work: Promise<void>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (error instanceof LoginRefused) return false;
    throw error;
  }
}
