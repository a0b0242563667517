import { describe, expect, test } from 'vitest';
import { renderLine } from '../../../src/cli/render/line.js';
import { trafficLines } from '../../../src/cli/render/status-traffic.js';
import type { RecordSet } from '../../../src/core/record-set.js';
import type { Status } from '../../../src/core/status.js';
import { shareOfUsers } from '../../../src/core/user-share.js';
import { isObserving, Journey } from './journey.js';
import { displayWidth } from '../../../src/cli/render/width.js';

const at25 = new Journey().until(isObserving(25));

/** Users whom the target gets so many of a hundred of, at each of some hosts. */
function shown(targets: readonly number[], columns = 80, domain = 'shop.test'): string[] {
  const status = at25.status();
  const [host] = status.hosts;
  const hosts: Status['hosts'] = targets.map((toTarget, index) => ({
    ...host!,
    host: `www${index}.${domain}`,
    userShare: shareOfUsers(25, { toTarget: 20 * toTarget, toSource: 20 * (100 - toTarget) }, 600_000),
  }));
  return trafficLines({ ...status, hosts }, columns, at25.now).map((line) =>
    renderLine(line, columns, false),
  );
}

describe('the share of the users in the status', () => {
  test('stands below the share of the name servers, with what is expected', () => {
    const [set, servers, requests] = shown([22]);
    expect(set).toMatch(/^set +25% /);
    expect(servers).toMatch(/^measured +26% /);
    expect(requests).toBe('requests    22%  ████░░░░░░░░░░░░░░░░  12 to 44% expected, 2,000 in 10m');
  });

  test('outside of it there is a warning in words', () => {
    expect(shown([5]).join('\n')).toContain('fewer users than expected follow');
    expect(shown([60]).join('\n')).toContain('more users than expected follow');
    expect(shown([22]).join('\n')).not.toContain('⚠');
  });

  test('of many hosts those that are not as expected come first', () => {
    const lines = shown([22, 23, 24, 25, 90]);
    expect(lines.filter((line) => /\d% expected$/.test(line))).toHaveLength(3);
    expect(lines[2]).toContain('90%');
  });

  test.each([60, 80])(
    'at %i columns the row of a long name goes on below and keeps its counts',
    (columns) => {
      const lines = shown([22, 24], columns, 'checkout-and-payments.shop.test');
      const text = lines.join('\n').replace(/\n +/g, ' ');
      expect(text).not.toContain('…');
      for (const index of [0, 1])
        expect(text).toContain(
          `12 to 44% expected www${index}.checkout-and-payments.shop.test, 2,000 in 10m`,
        );
    },
  );

  test('in a narrow window nothing of the row is cut off, a warning neither', () => {
    const text = shown([22, 5], 40).join('\n').replace(/\n +/g, ' ');
    expect(text.slice(text.indexOf('requests'))).not.toContain('…');
    expect(text).toContain('12 to 44% expected, www0.shop.test, 2,000 in 10m');
    expect(text).toContain('⚠ fewer users');
  });

  test.each([40, 60, 80, 200])('no line is wider than %i columns', (columns) => {
    const widths = shown([22, 5, 60, 100], columns).map(displayWidth);
    expect(Math.max(...widths)).toBeLessThanOrEqual(columns);
  });
});

test('an alias hands out addresses, which no side can be told from, and that is no trouble', () => {
  const status = at25.status();
  const [host] = status.hosts;
  const [record] = host!.records;
  const alias = { hostedZoneId: 'Z1', dnsName: 'lb.elb.amazonaws.com.', evaluateTargetHealth: true };
  const nameServers = host!.nameServers.map((server) => ({ ...server, source: 0, target: 0, other: 25 }));
  const measured = (records: readonly RecordSet[]): string | undefined => {
    const hosts = [{ ...host!, records, nameServers }];
    const lines = trafficLines({ ...status, hosts }, 80, at25.now);
    return lines.map((line) => renderLine(line, 80, false)).find((line) => line.startsWith('measured'));
  };
  const answers = 25 * nameServers.length;
  expect(measured([{ ...record!, type: 'A', ttl: null, values: [], alias }])).toMatch(
    new RegExp(`^measured +not by name: ${answers} answers of the alias, `),
  );
  expect(measured(host!.records)).toMatch(/^measured +unknown: no name server named a side/);
});
