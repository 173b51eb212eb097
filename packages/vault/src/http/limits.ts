/** What one client, and all of them together, may take of the process. */

export interface HttpLimits {
  readonly bodyBytesMax: number;
  /** Of all requests' bodies together: many slow uploads must not fill the memory. */
  readonly bufferedBytesMax: number;
  readonly headerBytesMax: number;
  readonly connectionsMax: number;
  /** Requests that a client has sent ahead on one connection without waiting for replies. */
  readonly pipelinedRequestsMax: number;
  readonly headersTimeoutMilliseconds: number;
  /** From a request's first byte to its last. */
  readonly requestTimeoutMilliseconds: number;
  /** Between requests. Longer than the pools of SDKs keep connections, so that they close first. */
  readonly keepAliveMilliseconds: number;
  /** Without a byte either way while a reply is made or sent: a client that doesn't read. */
  readonly idleMilliseconds: number;
  /** Of a reply that goes on: how long a client may leave unread what was sent. */
  readonly unreadMilliseconds: number;
  /** How long a node that goes serves on, until its load balancer has heard of it at /health. */
  readonly leaveMilliseconds: number;
  /** How long closing waits for what is under way. */
  readonly drainMilliseconds: number;
}

export const defaultHttpLimits: HttpLimits = {
  bodyBytesMax: 1024 * 1024,
  bufferedBytesMax: 256 * 1024 * 1024,
  headerBytesMax: 16 * 1024,
  connectionsMax: 10_000,
  pipelinedRequestsMax: 100,
  headersTimeoutMilliseconds: 10_000,
  requestTimeoutMilliseconds: 30_000,
  keepAliveMilliseconds: 65_000,
  idleMilliseconds: 120_000,
  unreadMilliseconds: 30_000,
  leaveMilliseconds: 5_000,
  drainMilliseconds: 10_000,
};
