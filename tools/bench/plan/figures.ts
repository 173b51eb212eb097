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
  /** Objects and buffers, without the system's part of a socket. */
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

/** What the page calls them, in its order; whole numbers all. */
export const figureNames: Readonly<Record<keyof DatabaseFigures, string>> = {
  parameterBytes: "a parameter (SecureString of 100 bytes), bytes",
  parameterVersionBytes: "another version of a parameter, bytes",
  secretBytes: "a secret of 100 bytes, bytes",
  secretVersionBytes: "another version of a secret, bytes",
  roleBytes: "a role with its policies, bytes",
  eventBytes: "an audit event by itself, bytes",
  groupedEventBytes: "an audit event among many, bytes",
  readMicroseconds: "GetParameter, CPU of the node, µs",
  writeMicroseconds: "PutParameter, CPU of the node, µs",
  sessionMicroseconds: "AssumeRoleWithWebIdentity, CPU of the node, µs",
  hearingMicroseconds: "a change told to one reader of the feed, CPU of the node, µs",
  nodeMegabytes: "a node, resident, MB",
  streamKilobytes: "an open reader of the feed, KB",
  databaseReadMicroseconds: "GetParameter, CPU of PostgreSQL, µs",
  databaseWriteMicroseconds: "PutParameter, CPU of PostgreSQL, µs",
  connections: "connections of a node",
};
