/** From what one thing costs to what a number of workloads needs. */
import type { DatabaseFigures } from "./figures.ts";

/** What the page says of a workload in words. */
export const workload = {
  /** Processes that run at the same time. */
  instances: 3,
  parameters: 8,
  secrets: 2,
  /** Kept of each value: a year of monthly rotations. */
  versions: 12,
  rotationDays: 30,
  /** Each instance starts anew that often, and reads everything then. */
  startDays: 1,
  sessionHours: 1,
};

/** Of the client library: it asks again when four fifths of the TTL have passed. */
const refreshShare = 0.8;
export const ttlSeconds = { short: 300, long: 3600 };

/** The busiest minute beside the average of a day. */
const peakFactor = 3;
/** Of one core at that time: the rest is for bursts, and for the node that just died. */
const loadMax = 0.5;
const streamsPerNodeMax = 4000;
/** AWS's quota, which the vault keeps. */
const rolesPerAccountMax = 1000;
const retentionDays = 90;
/** Above so many requests a second of a node, events are committed in groups. */
const groupedFrom = 200;
const daySeconds = 86_400;

export interface Plan {
  readonly accounts: number;
  readonly readsPerSecond: number;
  readonly streams: number;
  readonly nodes: number;
  readonly nodeMegabytes: number;
  readonly connections: number;
  /** Of the database server, at the peak. */
  readonly databaseCores: number;
  readonly databaseBytes: number;
  readonly eventsPerDay: number;
  readonly auditBytesPerDay: number;
  readonly auditBytes: number;
}

/** One process on SQLite, or as many nodes on PostgreSQL as it takes, two at least. */
export function planOf(
  figures: DatabaseFigures,
  workloads: number,
  ttl: number,
  isShared: boolean,
): Plan {
  const values = workload.parameters + workload.secrets;
  const streams = workloads * workload.instances;
  const readsPerSecond =
    streams * values * (1 / (ttl * refreshShare) + 1 / (workload.startDays * daySeconds));
  const writesPerSecond = (workloads * values) / (workload.rotationDays * daySeconds);
  const sessionsPerSecond = streams / (workload.sessionHours * 3600);
  const cores =
    (peakFactor / 1e6) *
    (readsPerSecond * figures.readMicroseconds +
      writesPerSecond * (figures.writeMicroseconds + streams * figures.hearingMicroseconds) +
      sessionsPerSecond * figures.sessionMicroseconds);
  const needed = Math.max(cores / loadMax, streams / streamsPerNodeMax);
  const nodes = isShared ? Math.max(2, Math.ceil(needed)) : Math.ceil(needed);
  const eventsPerDay = (readsPerSecond + writesPerSecond + sessionsPerSecond) * daySeconds;
  const isGrouped = eventsPerDay / daySeconds / nodes > groupedFrom;
  const auditBytesPerDay =
    eventsPerDay * (isGrouped ? figures.groupedEventBytes : figures.eventBytes);
  return {
    accounts: Math.ceil(workloads / rolesPerAccountMax),
    readsPerSecond,
    streams,
    nodes,
    nodeMegabytes: figures.nodeMegabytes + (streams / nodes / 1024) * figures.streamKilobytes,
    connections: nodes * figures.connections,
    databaseCores:
      (peakFactor / 1e6) *
      ((readsPerSecond + sessionsPerSecond) * figures.databaseReadMicroseconds +
        writesPerSecond * figures.databaseWriteMicroseconds),
    databaseBytes: workloads * bytesOfWorkload(figures),
    eventsPerDay,
    auditBytesPerDay,
    auditBytes: auditBytesPerDay * retentionDays,
  };
}

function bytesOfWorkload(figures: DatabaseFigures): number {
  const more = workload.versions - 1;
  return (
    figures.roleBytes +
    workload.parameters * (figures.parameterBytes + more * figures.parameterVersionBytes) +
    workload.secrets * (figures.secretBytes + more * figures.secretVersionBytes)
  );
}
