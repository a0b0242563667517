import { describe, expect, test } from 'vitest';
import {
  isHealthy,
  nextOpinion,
  type HealthCheckSettings,
  type Opinion,
} from '../../../src/lab/health-checks/health-check.js';

const settings: HealthCheckSettings = {
  type: 'HTTPS',
  domainName: 'x.example.net',
  port: 443,
  path: '/',
  intervalSeconds: 30,
  threshold: 3,
  inverted: false,
  disabled: false,
  enableSni: true,
};

const report = { region: 'us-east-1', ipAddress: '192.0.2.1', status: '', checkedAtMs: 0 };

function opinions(healthy: number, of: number): Opinion[] {
  return Array.from({ length: of }, (_, index) => ({ report, isHealthy: index < healthy, contrary: 0 }));
}

/** The checker's mind after each of its answers. */
function mind(answers: string, threshold = 3): string {
  let opinion: Opinion | undefined;
  return Array.from(answers)
    .map((answer) => {
      opinion = nextOpinion(opinion, report, answer === '+', threshold);
      return opinion.isHealthy ? '+' : '-';
    })
    .join('');
}

describe('a health check', () => {
  test('is healthy when more than 18 % of its checkers agree', () => {
    expect(isHealthy(settings, opinions(2, 11))).toBe(true);
    expect(isHealthy(settings, opinions(9, 50))).toBe(false);
    expect(isHealthy(settings, opinions(1, 6))).toBe(false);
    expect(isHealthy(settings, opinions(2, 6))).toBe(true);
  });

  test('is healthy while disabled, whatever the checkers would say, and while too young for an opinion', () => {
    expect(isHealthy({ ...settings, disabled: true }, opinions(0, 6))).toBe(true);
    expect(isHealthy(settings, [])).toBe(true);
  });

  test('is the opposite when inverted', () => {
    expect(isHealthy({ ...settings, inverted: true }, opinions(6, 6))).toBe(false);
    expect(isHealthy({ ...settings, inverted: true }, opinions(0, 6))).toBe(true);
    expect(isHealthy({ ...settings, inverted: true }, [])).toBe(false);
  });

  test('changes the mind of a checker only after so many answers in a row, both ways', () => {
    expect(mind('+--+---')).toBe('++++++-');
    expect(mind('-++-+++')).toBe('------+');
    expect(mind('+-+-', 1)).toBe('+-+-');
  });
});
