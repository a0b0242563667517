import type { Health } from '../../core/gate/verdict.js';
import { unreachable } from '../../core/result.js';
import type { PhaseName, StageStatus, Status } from '../../core/status.js';
import type { Mark } from './style.js';

/** How a phase is shown everywhere. */
export function phaseMark(phase: PhaseName): Mark {
  switch (phase) {
    case 'planned':
      return { glyph: '◷', word: 'planned', tone: 'busy' };
    case 'taking-over':
      return { glyph: '◌', word: 'taking over', tone: 'busy' };
    case 'settling':
      return { glyph: '◌', word: 'settling', tone: 'busy' };
    case 'shifting':
      return { glyph: '◌', word: 'shifting', tone: 'busy' };
    case 'observing':
      return { glyph: '●', word: 'observing', tone: 'busy' };
    case 'waiting':
      return { glyph: '◷', word: 'waiting for a person', tone: 'warn' };
    case 'finalizing':
      return { glyph: '◌', word: 'finalizing', tone: 'busy' };
    case 'completed':
      return { glyph: '✔', word: 'completed', tone: 'good' };
    case 'rolling-back':
      return { glyph: '↺', word: 'rolling back', tone: 'warn' };
    case 'draining':
      return { glyph: '↺', word: 'draining', tone: 'warn' };
    case 'rolled-back':
      return { glyph: '↺', word: 'rolled back', tone: 'warn' };
    case 'halted':
      return { glyph: '✖', word: 'halted', tone: 'bad' };
    case 'adopting':
      return { glyph: '◌', word: 'adopting', tone: 'busy' };
    case 'restoring':
      return { glyph: '↺', word: 'restoring', tone: 'busy' };
    case 'restored':
      return { glyph: '✔', word: 'restored', tone: 'good' };
    case 'forgetting':
      return { glyph: '◌', word: 'forgetting', tone: 'busy' };
    case 'forgotten':
      return { glyph: '✔', word: 'forgotten', tone: 'dim' };
    default:
      return unreachable(phase);
  }
}

export const pausedMark: Mark = { glyph: '‖', word: 'paused', tone: 'warn' };

export function stageMark(progress: StageStatus['progress']): Mark {
  switch (progress) {
    case 'done':
      return { glyph: '✔', word: 'done', tone: 'good' };
    case 'current':
      return { glyph: '●', word: 'current', tone: 'busy' };
    case 'to-come':
      return { glyph: '○', word: 'to come', tone: 'dim' };
    case 'reached':
      return { glyph: '↺', word: 'reached', tone: 'warn' };
    case 'abandoned':
      return { glyph: '✖', word: 'abandoned', tone: 'dim' };
    default:
      return unreachable(progress);
  }
}

export function healthMark(health: Health): Mark {
  switch (health) {
    case 'passing':
      return { glyph: '✔', word: 'passing', tone: 'good' };
    case 'failing':
      return { glyph: '✖', word: 'failing', tone: 'bad' };
    case 'unknown':
      return { glyph: '?', word: 'unknown', tone: 'warn' };
    default:
      return unreachable(health);
  }
}

export function verdictMark(verdict: NonNullable<Status['verdict']>['verdict']): Mark {
  switch (verdict) {
    case 'promote':
      return { glyph: '✔', word: 'promote', tone: 'good' };
    case 'hold':
      return { glyph: '◷', word: 'hold', tone: 'busy' };
    case 'ask':
      return { glyph: '⚠', word: 'ask', tone: 'warn' };
    case 'rollback':
      return { glyph: '↺', word: 'rollback', tone: 'bad' };
    default:
      return unreachable(verdict);
  }
}
