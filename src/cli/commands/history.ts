import { readMarkers } from '../../compose/marker-reader.js';
import { openStore } from '../../compose/store.js';
import type { JournalEntry } from '../../core/event.js';
import { replay } from '../../core/migration.js';
import { findKeptHead, headAnchors, parseKeptHead, type KeptHead } from '../../core/report/head-anchor.js';
import type { CommandContext, OutputFormat } from '../command-context.js';
import { invalidArgument } from '../command-failure.js';
import { exitCode } from '../exit-code.js';
import { findMigration } from '../find-migration.js';
import { eventLine } from '../render/event-line.js';
import { haltLines } from '../render/halt-lines.js';
import { isRefuted, verifyView, type Verification } from '../render/verify-view.js';
import { jsonText } from '../render/json-text.js';

/** The shape of `history -o json`; the number grows when a field changes its meaning or goes away. */
const historyVersion = 1;

/** What `history -o json` prints. */
export interface HistoryOutput {
  readonly version: number;
  readonly id: string;
  /** Times are epoch milliseconds, `time` is the same in UTC (ISO 8601). */
  readonly entries: readonly (JournalEntry & { readonly time: string })[];
  /** Null without `--verify`. */
  readonly verification: Verification | null;
}

/**
 * What happened, in order, with the reasons; in the time zone of this computer, with JSON in UTC. Reading a journal always checks its
 * hash chain; `--verify` reads the zone too and compares the head that the marker carries, and with `--head` those that messages carried, and says
 * what that proves.
 */
export async function history(
  context: CommandContext,
  host: string | undefined,
  options: { verify?: boolean; head?: readonly string[]; output: OutputFormat },
): Promise<number> {
  const { config, terminal } = context;
  const heads = keptHeads(options.head ?? []);
  await using store = await openStore(config, true);
  const row = await findMigration(store, host, config.stateDirectory.path);
  const entries = await store.read(row.id, 0);
  const verification =
    options.verify === true || heads.length > 0 ? await verify(context, row.id, entries, heads) : null;
  if (options.output === 'json') {
    const dated = entries.map((entry) => ({ ...entry, time: new Date(entry.event.at).toISOString() }));
    const output: HistoryOutput = { version: historyVersion, id: row.id, entries: dated, verification };
    terminal.out(jsonText(output));
  } else {
    for (const { event } of entries) {
      const line = eventLine(event);
      if (line !== null) terminal.out(line);
      for (const detail of haltLines(event)) terminal.out(detail);
    }
    if (verification !== null) for (const line of verifyView(verification)) terminal.out(line);
  }
  return verification !== null && isRefuted(verification) ? exitCode.conflict : exitCode.done;
}

async function verify(
  { config, signal }: CommandContext,
  id: string,
  entries: readonly JournalEntry[],
  heads: readonly KeptHead[],
): Promise<Verification> {
  const { plan } = replay(entries.map(({ event }) => event));
  const kept = heads.map((head) => findKeptHead(entries, head));
  const found = { entries: entries.length, head: entries.at(-1)?.hash ?? '', kept };
  const markers = await readMarkers(config, plan, signal);
  if (!markers.ok) {
    const { provider, operation, reason, message } = markers.error;
    return { ...found, anchors: [], notCompared: `${provider} ${operation}, ${reason}: ${message}` };
  }
  return { ...found, anchors: headAnchors(id, entries, markers.value), notCompared: null };
}

/** As a page or a message carries it. */
function keptHeads(typed: readonly string[]): readonly KeptHead[] {
  return typed.map((text) => {
    const head = parseKeptHead(text);
    if (head === null)
      throw invalidArgument(
        '--head',
        'is not a head; copy it whole from the message, as 42:<hash> or the hash alone',
      );
    return head;
  });
}
