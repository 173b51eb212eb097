/** Logging in, and out again however it went. */
import { RotationFailure } from "../rotator.ts";
import type { DatabaseEngine, DatabaseSession } from "./database-engine.ts";
import type { DatabaseSecret } from "./database-secret.ts";

/** The server was reached, and doesn't take this name and password. */
export class LoginRefused extends RotationFailure {}

/** Rejects with LoginRefused, or whatever else goes wrong as RotationFailure. */
export async function inSession<Result>(
  engine: DatabaseEngine,
  login: DatabaseSecret,
  work: (session: DatabaseSession) => Promise<Result>,
): Promise<Result> {
  const session = await engine.connect(login);
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}
