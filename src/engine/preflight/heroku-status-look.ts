import { endpoint, type MigrationPlan } from '../../core/plan.js';
import type { Check } from '../check.js';
import type { HerokuPlatformStatus } from '../inspection-ports.js';
import { passed, warned, type Look } from './look.js';

const name = 'heroku status';

/** More are counted and not told. */
const maxTold = 3;

/** Whether Heroku as a whole is well, where a side is on it. It warns at most: how the app itself does is seen by the other checks. */
export const lookAtHerokuStatus: Look = async ({ herokuStatus }, plan, signal) => {
  if (!hasHerokuSide(plan)) return [];
  try {
    const status = await (await herokuStatus()).current(signal);
    return [status.ok ? checkOf(status.value) : unseen(status.error.message)];
  } catch (error) {
    return [unseen(error instanceof Error ? error.message : String(error))];
  }
};

function hasHerokuSide({ hosts }: MigrationPlan): boolean {
  return hosts.some((host) =>
    (['source', 'target'] as const).some((side) => endpoint(host, side).platform === 'heroku'),
  );
}

function checkOf({ systems, incidents }: HerokuPlatformStatus): Check {
  const unwell = systems.filter(({ status }) => status !== 'green');
  const told = incidents
    .slice(0, maxTold)
    .map(({ title, url }) => (url === null ? title : `${title} (${url})`));
  const untold = incidents.length - told.length;
  const parts = [
    ...(unwell.length === 0 ? [] : [unwell.map((system) => `${system.name} is ${system.status}`).join(', ')]),
    ...(told.length === 0 ? [] : [`open: ${told.join('; ')}${untold === 0 ? '' : ` and ${untold} more`}`]),
  ];
  if (parts.length > 0)
    return warned(
      name,
      `Heroku says: ${parts.join('; ')}`,
      'wait until it is over; look with: heroku status',
    );
  const names = systems.map((system) => system.name).join(', ');
  return passed(name, `Heroku says that all is green (${names}), and no incident is open`);
}

function unseen(message: string): Check {
  const fact = `Heroku's status page could not be asked: ${message}`;
  return warned(name, fact, 'look yourself: https://status.heroku.com');
}
