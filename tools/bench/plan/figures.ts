/** What one thing costs, as it was measured: all that the planning page is reckoned from. */

/** Of one database, and of a node on it. */
export interface DatabaseFigures {
  /** On disk, after a clean-up, its part of indexes included. */
  readonly parameterBytes: number;
  readonly parameterVersionBytes: number;
  readonly secretBytes: number;
  readonly secretVersionBytes: number;
  /** With a trust policy and a policy of five lines. */
  readonly roleBytes: number;
  /** Of a vault that is asked now and then, where each event is committed by itself. */
  readonly eventBytes: number;
  /** Of a busy one, where a commit has many. */
  readonly groupedEventBytes: number;
  /** CPU time of the node for a request, in microseconds. */
  readonly readMicroseconds: number;
  readonly writeMicroseconds: number;
  readonly sessionMicroseconds: number;
  /** To tell one reader of the change feed of one change. */
  readonly hearingMicroseconds: number;
  /** Of a node after all this, with its caches full. */
  readonly nodeMegabytes: number;
  readonly streamKilobytes: number;
  /** CPU time of the database server for a request; 0 where it is in the node's. */
  readonly databaseReadMicroseconds: number;
  readonly databaseWriteMicroseconds: number;
  /** That a node keeps to its database. */
  readonly connections: number;
}

export interface Figures {
  readonly sqlite: DatabaseFigures;
  readonly postgres: DatabaseFigures;
}

/** What the page calls them, in its order, and how many decimals it shows. */
export const figureNames: Readonly<
  Record<keyof DatabaseFigures, readonly [name: string, decimals: number]>
> = {
  parameterBytes: ["a parameter (SecureString of 100 bytes), bytes", 0],
  parameterVersionBytes: ["another version of it, bytes", 0],
  secretBytes: ["a secret of 100 bytes, bytes", 0],
  secretVersionBytes: ["another version of it, bytes", 0],
  roleBytes: ["a role with its policies, bytes", 0],
  eventBytes: ["an audit event by itself, bytes", 0],
  groupedEventBytes: ["an audit event among many, bytes", 0],
  readMicroseconds: ["GetParameter, CPU of the node, µs", 0],
  writeMicroseconds: ["PutParameter, CPU of the node, µs", 0],
  sessionMicroseconds: ["AssumeRoleWithWebIdentity, CPU of the node, µs", 0],
  hearingMicroseconds: ["a change told to one reader of the feed, CPU of the node, µs", 0],
  nodeMegabytes: ["a node, resident, MB", 0],
  streamKilobytes: ["an open reader of the feed, KB", 0],
  databaseReadMicroseconds: ["GetParameter, CPU of PostgreSQL, µs", 0],
  databaseWriteMicroseconds: ["PutParameter, CPU of PostgreSQL, µs", 0],
  connections: ["connections of a node", 0],
};
