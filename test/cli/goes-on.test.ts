import { expect, test } from 'vitest';
import { goesOn } from '../../src/cli/goes-on.js';
import { Journey } from './render/journey.js';

test('after a halt that was ended, a pause from before is still named with what ends it', () => {
  const journey = new Journey();
  expect(goesOn(journey.state)).toBe('it goes on with every tick');
  journey.add({ type: 'paused', at: journey.now, by: 'bob', because: 'lunch' });
  expect(goesOn(journey.state)).toBe('it is still paused, go on with: shiftctl resume');
});
