import type { ProbeReport } from '../probe.js';
import type { RecordName } from '../record-name.js';

/** A source whose app has another DNS target for its host: what the plan goes back to, and what Heroku says instead, with final dots. */
export interface SourceMove {
  readonly host: RecordName;
  readonly from: string;
  readonly to: string;
}

/** What probes of the new name found, sent as those of the source are: the host's own name in SNI and Host. */
export interface SourceMoveReport extends ProbeReport {
  readonly dnsName: string;
}
