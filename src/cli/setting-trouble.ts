import type { SettingProblem } from '../config.js';

/** What a verb does about a setting that is wrong. */
export type Trouble = 'stop' | 'warn' | 'pass-over';

/** A slip in a file or a variable must not keep anybody from putting everything back, nor from looking. */
const goOn: readonly string[] = ['rollback', 'status', 'list', 'history', 'report'];

/** Verbs that read no setting but, some of them, where policies of one's own lie. */
const alone = /^(?:policy|completion|__complete|shell-init|lab|demo)\b/;

/** Settings that a few verbs read and no other. */
const readers: Readonly<Record<string, RegExp>> = {
  HEROKU_STATUS_URL: /^(?:plan|preflight|start)$/,
  SHIFT_POLICY: /^(?:init|plan|preflight|start|simulate)$/,
  SHIFT_POLICIES_DIR: /^(?:policy|init|plan|preflight|start|simulate|replan)\b/,
};

/** A setting that is wrong stops the verbs that read it; those that are needed in an emergency go on without it, and say so. */
export function troubleFor(verb: string, { setting }: Pick<SettingProblem, 'setting'>): Trouble {
  const reader = readers[setting];
  const isRead = reader === undefined ? !alone.test(verb) : reader.test(verb);
  if (!isRead) return 'pass-over';
  return goOn.includes(verb) ? 'warn' : 'stop';
}
