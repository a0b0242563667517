/**
 * A whole migration in about twenty seconds. The gate is the real one; five probes in a row must fail, because on a busy
 * machine a probe of a healthy side misses a deadline this short now and then.
 */
export const instantPolicy: string = `lab: true
stages: [10, 25, 50, 100]
ttl: 1s
tail: 100ms
dwell: 500ms
bake: 500ms
tickEvery: 800ms
gapAfter: 20s
bucketSeconds: 1
settleDelay: 0s
probes:
  port: 8443
  every: 400ms
  timeout: 800ms
  failed: 5 of 5
  preflight: { count: 2, every: 50ms }
gate: { evidence: probes }
`;

/** Two stages, for what does not depend on how many there are. */
export const shortPolicy: string = instantPolicy.replace('10, 25, 50, 100', '50, 100');

/**
 * The gate asks a person at the first look after the take-over, because it wants more probes than a side can have by then: sixteen
 * good ones take longer than the gap after which a late look begins the count again.
 */
export const askingPolicy: string = instantPolicy
  .replace('failed: 5 of 5', 'failed: 10 of 25')
  .replace('every: 400ms', 'every: 800ms')
  .replace('gapAfter: 20s', 'gapAfter: 10s')
  .replace('evidence: probes', 'evidence: probes, maxHold: 0s');

/** Stays at 10 % until a person or the guard does something. */
export const patientPolicy: string = instantPolicy.replace('dwell: 500ms', 'dwell: 10m');
