/** What a rotator of database users needs of a kind of database. */
import type { Standing } from "../rotator.ts";
import type { DatabaseSecret } from "./database-secret.ts";

export interface DatabaseEngine {
  /** `PostgreSQL` */
  readonly name: string;
  /** `PostgreSQLUser` */
  readonly type: string;
  /** What a secret's `engine` may say. */
  readonly engines: readonly string[];
  readonly defaultPort: number;
  readonly usernameLengthMax: number;
  readonly standing: Standing;
  readonly documentation: string;
  /** Throws LoginRefused where the server doesn't take name and password, else RotationFailure. */
  connect(login: DatabaseSecret): Promise<DatabaseSession>;
}

/** Logged in. Each method throws RotationFailure with the database's error code. */
export interface DatabaseSession {
  /** Of the user that is logged in. */
  setOwnPassword(password: string): Promise<void>;
  /** Of a user that is there already. */
  setPassword(username: string, password: string): Promise<void>;
  /**
   * Has `clone` be able to do what `original` may, with this password: makes it where it isn't
   * there, and else gives it what `original` was granted since.
   */
  clone(original: string, clone: string, password: string): Promise<void>;
  close(): Promise<void>;
}
