/** The lab's users: each resolver has one client behind it. */
export interface Population {
  readonly resolvers: number;
  /** Of each client. */
  readonly requestsPerSecond: number;
}
