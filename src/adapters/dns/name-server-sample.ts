import type { DecodedPacket } from 'dns-packet';
import type { NameServerReading } from '../../core/name-server.js';
import { markerName, type RecordName } from '../../core/record-name.js';
import { withFinalDot } from '../../core/record-set.js';
import { rcodeOf, rcodes, sameName, type DnsServer } from './question.js';
import { openUdpChannel, type UdpChannel } from './udp-channel.js';

export interface SampleRequest {
  /** The server's name, for the reading. */
  readonly server: string;
  readonly host: RecordName;
  /** How often the CNAME is asked for. */
  readonly count: number;
}

const maxInFlight = 8;
const questionTimeoutMs = 800;
const sampleTimeoutMs = 5000;

/**
 * Asks one authoritative server `count` times for the host's CNAME and once for its marker.
 *
 * Every question that gets no authoritative answer counts as failed, answers without the AA bit included: some networks
 * answer every query on port 53 from a cache of their own. Questions not asked within five seconds, and those after eight
 * failures in a row, count as failed without being asked: a dead server costs two waits at most.
 */
export async function sampleServer(
  { server, host, count }: SampleRequest,
  at: DnsServer,
  signal: AbortSignal,
): Promise<NameServerReading> {
  const channel = await openUdpChannel(at);
  if (channel === undefined) return unreachableReading({ server, host, count });
  try {
    const [marker, tally] = await Promise.all([
      readMarker(channel, host, signal),
      tallyAnswers(channel, host, count, signal),
    ]);
    return { server, host, ...tally, marker };
  } finally {
    channel.close();
  }
}

/** The reading of a server that no question could be sent to. */
export function unreachableReading({ server, host, count }: SampleRequest): NameServerReading {
  return { server, host, answers: {}, other: 0, failed: count, marker: null };
}

type Tally = Pick<NameServerReading, 'answers' | 'other' | 'failed'>;

async function tallyAnswers(
  channel: UdpChannel,
  host: RecordName,
  count: number,
  signal: AbortSignal,
): Promise<Tally> {
  const answers = new Map<string, number>();
  const endsAt = performance.now() + sampleTimeoutMs;
  let [other, failed, failedInARow, left] = [0, 0, 0, count];
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const givenUp = failedInARow >= maxInFlight || performance.now() >= endsAt;
      const target = givenUp ? undefined : await askTarget(channel, host, signal);
      failedInARow = target === undefined ? failedInARow + 1 : 0;
      if (target === undefined) failed += 1;
      else if (target === null) other += 1;
      else answers.set(target, (answers.get(target) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: Math.min(maxInFlight, count) }, worker));
  return { answers: Object.fromEntries(answers), other, failed };
}

/** The CNAME's target, null when the server says there is none, undefined without a usable answer. */
async function askTarget(
  channel: UdpChannel,
  host: RecordName,
  signal: AbortSignal,
): Promise<string | null | undefined> {
  const reply = await channel.ask({ name: host, type: 'CNAME', recursive: false }, questionTimeoutMs, signal);
  if (!reply.ok || !isAuthoritative(reply.value)) return undefined;
  const found = (reply.value.answers ?? []).find(
    (record) => record.type === 'CNAME' && sameName(record.name, host),
  );
  return found?.type === 'CNAME' ? withFinalDot(found.data) : null;
}

/**
 * The marker's text: the strings of the one TXT value joined without anything between them, unquoted, bytes read as UTF-8.
 * Several TXT values at the name are no marker; they are returned sorted and on separate lines. `none` when the server
 * says that there is no TXT record, null without a usable answer.
 */
async function readMarker(
  channel: UdpChannel,
  host: RecordName,
  signal: AbortSignal,
): Promise<string | null> {
  const name = markerName(host);
  const reply = await channel.ask({ name, type: 'TXT', recursive: false }, questionTimeoutMs, signal);
  if (!reply.ok || !isAuthoritative(reply.value)) return null;
  const values = (reply.value.answers ?? []).flatMap((record) =>
    record.type === 'TXT' && sameName(record.name, name) ? [joined(record.data)] : [],
  );
  return values.length === 0 ? 'none' : values.sort().join('\n');
}

function joined(data: string | Buffer | (string | Buffer)[]): string {
  const strings = Array.isArray(data) ? data : [data];
  return Buffer.concat(strings.map((part) => Buffer.from(part))).toString('utf8');
}

function isAuthoritative(packet: DecodedPacket): boolean {
  const rcode = rcodeOf(packet);
  return packet.flag_aa && (rcode === rcodes.noError || rcode === rcodes.nxDomain);
}
