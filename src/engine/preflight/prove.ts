import { isProofRecord, proofBatch, proofName, proofRecord, withWrongWeight } from '../../core/cas-proof.js';
import type { ChangeBatch } from '../../core/change-batch.js';
import type { ProviderFailure } from '../../core/failure.js';
import type { MigrationPlan } from '../../core/plan.js';
import { displayName, type RecordName } from '../../core/record-name.js';
import type { RecordSet } from '../../core/record-set.js';
import { err, ok, type Result } from '../../core/result.js';
import type { Check } from '../check.js';
import type { Clock, Ids, ZoneApi } from '../ports.js';
import { passed, refused } from './look.js';

export interface ProofPorts {
  readonly zones: ZoneApi;
  readonly clock: Clock;
  readonly ids: Ids;
}

const name = 'compare-and-swap';
const callTimeoutMs = 10_000;
/** Cleaning up goes on for so long after everything else was given up. */
const cleanUpTimeoutMs = 20_000;
const maxTries = 4;

/**
 * Proves in the user's own zone what every step relies on: that Route 53 refuses a DELETE whose weight is not the one that stands
 * there. Writes a weighted TXT record at `_shift-test.<host>` of the first host and nothing else, and removes it in every outcome,
 * after the signal too; what a killed process leaves, the next proof removes. Never rejects.
 */
export async function proveCompareAndSwap(
  ports: ProofPorts,
  plan: MigrationPlan,
  signal: AbortSignal,
): Promise<Check> {
  const host = plan.hosts[0]?.host ?? plan.zone.name;
  const at = displayName(proofName(host));
  const zoneId = plan.zone.id;
  const before = await removeOwn(ports, zoneId, host, signal);
  if (!before.ok) return notProved(`nothing could be proved at ${at}: ${before.error}`, signal);
  const record = proofRecord(host, ports.ids.next());
  const verdict = await tryStale(ports, zoneId, record, signal);
  const after = await removeOwn(ports, zoneId, host, AbortSignal.timeout(cleanUpTimeoutMs));
  if (after.ok) return verdict;
  const fact = `${verdict.fact}; the test record at ${at} may still stand: ${after.error}`;
  const fix = 'run shiftctl preflight --prove again, which removes it';
  return { ...refused(name, fact, fix), verdict: verdict.verdict === 'unknown' ? 'unknown' : 'refused' };
}

const tryAgain = 'look at that name, then try again: shiftctl preflight --prove';

/** One that was told to stop has seen nothing that Route 53 did, so it is no refusal. */
function notProved(fact: string, signal: AbortSignal): Check {
  if (!signal.aborted) return refused(name, fact, tryAgain);
  return {
    name,
    verdict: 'unknown',
    fact: 'the program was told to stop before this was proved',
    fix: 'run it again: shiftctl preflight --prove',
  };
}

/** Creates the record and tries to delete it as one who believes in another weight. */
async function tryStale(
  ports: ProofPorts,
  zoneId: string,
  record: RecordSet,
  signal: AbortSignal,
): Promise<Check> {
  const created = await change(ports, zoneId, proofBatch('CREATE', [record]), signal);
  if (!created.ok) return notProved(`the test record could not be created: ${created.error.message}`, signal);
  const stale = await change(ports, zoneId, proofBatch('DELETE', [withWrongWeight(record)]), signal);
  if (stale.ok) {
    const fact =
      'this zone accepted a DELETE with a wrong weight, so a compare-and-swap protects nothing here';
    return refused(name, fact, 'do not start; if this is Amazon Route 53 and no emulator, please report it');
  }
  if (stale.error.reason !== 'conflict') {
    const fact = `it was not seen that a DELETE with a wrong weight is refused: ${stale.error.message}`;
    return notProved(fact, signal);
  }
  return passed(
    name,
    `proved in this zone: a DELETE with a wrong weight is refused (${displayName(record.name)})`,
  );
}

/** Removes what this or an earlier proof wrote, by its exact values. Anything else at the name is left alone and is an error. */
async function removeOwn(
  ports: ProofPorts,
  zoneId: string,
  host: RecordName,
  signal: AbortSignal,
): Promise<Result<null, string>> {
  let trouble = 'the program was told to stop';
  for (let tries = 1; tries <= maxTries && !signal.aborted; tries += 1) {
    const standing = await ports.zones.records(zoneId, [proofName(host)], signal);
    if (standing.ok) {
      if (standing.value.length === 0) return ok(null);
      if (!standing.value.every((record) => isProofRecord(record)))
        return err('records of somebody else stand there, which are never touched');
      const removed = await change(ports, zoneId, proofBatch('DELETE', standing.value), signal);
      if (removed.ok) return ok(null);
      trouble = removed.error.message;
    } else trouble = standing.error.message;
    if (tries < maxTries) await ports.clock.sleep(tries * 1_000, signal);
  }
  return err(trouble);
}

/** Asked again only where Route 53 said that it did nothing. */
async function change(
  { zones, clock }: ProofPorts,
  zoneId: string,
  batch: ChangeBatch,
  signal: AbortSignal,
): Promise<Result<unknown, ProviderFailure>> {
  for (let tries = 1; ; tries += 1) {
    const result = await zones.change(zoneId, batch, callTimeoutMs, signal);
    const isPassing = !result.ok && (result.error.reason === 'busy' || result.error.reason === 'throttled');
    if (!isPassing || tries === maxTries || signal.aborted) return result;
    await clock.sleep(tries * 1_000, signal);
  }
}
