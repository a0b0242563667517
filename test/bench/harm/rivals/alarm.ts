import type { Rule } from '../rule.js';
import { isBreached, type Limit } from './limit.js';

/** When no bucket arrives, CloudWatch looks this many periods further back for data points. */
const furtherPeriods = 3;

export interface AlarmSettings {
  /** The error rate above which a data point is breaching. */
  readonly limit: Limit;
  /** Data points to alarm, and evaluation periods. */
  readonly m: number;
  readonly n: number;
}

/**
 * A CloudWatch alarm on the target's error rate that stops a CodeDeploy deployment or an AppConfig rollout: in ALARM when at least M of
 * the newest N data points are breaching. Missing data are treated as missing, the default, so that they are left out and older points
 * within the evaluation range stand in. Nothing else is looked at; the ramp goes on by itself. (Amazon CloudWatch User Guide,
 * "Configuring how CloudWatch alarms treat missing data"; CodeDeploy User Guide, "Monitoring deployments with alarms".)
 */
export function alarmRule(settings: AlarmSettings, name: string = alarmName(settings)): Rule {
  const { limit, m, n } = settings;
  return {
    name,
    start: () => ({
      judge: (view) => {
        const points = view.newestOfTarget(n, n + furtherPeriods);
        if (points.filter((point) => isBreached(point, limit)).length >= m) return 'rollback';
        return view.isDue ? 'promote' : 'hold';
      },
    }),
  };
}

export function alarmName({ limit, m, n }: AlarmSettings): string {
  return `alarm > ${Number((limit * 100).toPrecision(3))} %, ${m} of ${n}`;
}
