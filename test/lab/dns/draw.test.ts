import { describe, expect, test } from 'vitest';
import { drawMember } from '../../../src/lab/dns/draw.js';
import type { LabRecord } from '../../../src/lab/zone/record.js';

function member(setIdentifier: string, weight: number, healthCheckId?: string): LabRecord {
  const check = healthCheckId === undefined ? {} : { healthCheckId };
  return { name: 'www.example.com.', type: 'CNAME', ttl: 1, values: ['x.'], setIdentifier, weight, ...check };
}

/** Who is drawn at all, over evenly spread random numbers. */
function drawn(members: readonly LabRecord[], healthy: readonly string[]): string[] {
  const names = new Set<string>();
  for (let step = 0; step < 200; step += 1) {
    const found = drawMember(
      members,
      () => step / 200,
      (id) => healthy.includes(id),
    );
    names.add(found?.setIdentifier ?? 'none');
  }
  return [...names].sort();
}

describe('the record that answers, where records carry health checks', () => {
  const table: [string, readonly LabRecord[], readonly string[], string[]][] = [
    [
      'every healthy member with a weight',
      [member('a', 50, 'A'), member('b', 50, 'B')],
      ['A', 'B'],
      ['a', 'b'],
    ],
    [
      'never a healthy one of weight 0 beside them',
      [member('a', 0, 'A'), member('b', 9, 'B')],
      ['A', 'B'],
      ['b'],
    ],
    ['not an unhealthy one', [member('a', 1, 'A'), member('b', 99, 'B')], ['A'], ['a']],
    ['weight 0, when no other is healthy', [member('a', 0, 'A'), member('b', 100, 'B')], ['A'], ['a']],
    ['as if all were healthy, when none is', [member('a', 0, 'A'), member('b', 100, 'B')], [], ['b']],
    [
      'all alike, when none is healthy and all weigh 0',
      [member('a', 0, 'A'), member('b', 0, 'B')],
      [],
      ['a', 'b'],
    ],
    ['one without a check as a healthy one', [member('a', 0), member('b', 100, 'B')], [], ['a']],
  ];
  test.for(table)('%s', ([, members, healthy, expected]) => {
    expect(drawn(members, healthy)).toEqual(expected);
  });
});
