import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseSide, sidePair } from '../../../src/core/policy/side-spec.js';

test.each(['my-app', 'app', 'a1b', `a${'b'.repeat(29)}`])('heroku:%s is a side', (app) => {
  expect(parseSide(`heroku:${app}`)).toEqual({ ok: true, value: { platform: 'heroku', app } });
});

test.each([
  ['my-alb-1.eu-west-1.elb.amazonaws.com', 'my-alb-1.eu-west-1.elb.amazonaws.com.'],
  ['dualstack.My-ALB-1.eu-west-1.ELB.amazonaws.com.', 'dualstack.my-alb-1.eu-west-1.elb.amazonaws.com.'],
  ['d111111abcdef8.cloudfront.net', 'd111111abcdef8.cloudfront.net.'],
])('aws:%s is a side', (text, dnsName) => {
  expect(parseSide(`aws:${text}`)).toEqual({ ok: true, value: { platform: 'aws', dnsName } });
});

const advice = 'give a DNS name such as my-alb-1.eu-west-1.elb.amazonaws.com';

test.each([
  ['my-app', '"my-app" does not say its platform; write heroku:<app> or aws:<dns name>'],
  ['', '"" does not say its platform; write heroku:<app> or aws:<dns name>'],
  ['gcp:x', '"gcp:x" does not say its platform; write heroku:<app> or aws:<dns name>'],
  [
    'AWS:x.example.com',
    '"AWS:x.example.com" has its platform in capitals; write heroku:<app> or aws:<dns name>',
  ],
  ['heroku:My-App', '"My-App" has capitals; write heroku:my-app'],
  [
    'heroku:my-app-1234.herokuapp.com',
    '"my-app-1234.herokuapp.com" is a host name; give the app\'s name as `heroku apps` lists it',
  ],
  [
    'heroku:my_app',
    '"my_app" is not the name of a Heroku app: 3 to 30 lower-case letters, digits and hyphens, beginning with a letter',
  ],
  ['aws:https://alb.example.com/', `"https://alb.example.com/" is a URL; ${advice}`],
  ['aws:alb.example.com/x', `"alb.example.com/x" is a URL; ${advice}`],
  ['aws:192.0.2.1', `"192.0.2.1" is an address; ${advice}`],
  ['aws:192.0.2.1:443', `"192.0.2.1:443" is an address; ${advice}`],
  ['aws:2001:db8::1', `"2001:db8::1" is an address; ${advice}`],
  ['aws:[2001:db8::1]:443', `"[2001:db8::1]:443" is an address; ${advice}`],
  ['aws:alb.example.com:443', `"alb.example.com:443" has a port; DNS cannot carry one, ${advice}`],
  [
    'aws:arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/x/1',
    `"arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/x/..." is an ARN; ${advice}`,
  ],
  ['aws:my-alb', `"my-alb" is not a DNS name; ${advice}`],
  ['aws:*.example.com', `"*.example.com" is not a DNS name; ${advice}`],
  ['aws:', `"" is not a DNS name; ${advice}`],
  ['aws:x.herokudns.com', '"x.herokudns.com" belongs to Heroku; write heroku:<app>'],
])('%s is refused', (text, message) => {
  expect(parseSide(text)).toEqual({ ok: false, error: message });
});

test.each(['ab', `a${'b'.repeat(30)}`, '1ab', 'ab-', '-ab', '', 'a b'])('"%s" is not an app', (app) => {
  const side = parseSide(`heroku:${app}`);
  expect(side.ok ? '' : side.error).toContain('is not the name of a Heroku app');
});

test('a name that only looks like one of Heroku is not one', () => {
  expect(parseSide('aws:notherokudns.com').ok).toBe(true);
});

test('no text makes reading a side throw, and a huge one is not repeated', () => {
  fc.assert(fc.property(fc.string(), (text) => typeof parseSide(`aws:${text}`).ok === 'boolean'));
  const huge = parseSide(`aws:${'a'.repeat(100_000)}`);
  expect(huge.ok ? '' : huge.error).toBe(
    'a side is much shorter than 100004 characters; write heroku:<app> or aws:<dns name>',
  );
});

test('one side is on Heroku and the other on AWS, whichever way', () => {
  const heroku = { platform: 'heroku', app: 'my-app' } as const;
  const aws = parseSide('aws:alb.example.com');
  if (!aws.ok) throw new Error(aws.error);
  expect(sidePair(heroku, aws.value).ok).toBe(true);
  expect(sidePair(aws.value, heroku).ok).toBe(true);
  expect(sidePair(heroku, heroku)).toEqual({
    ok: false,
    error: 'both sides are on Heroku; a migration moves a host between Heroku and AWS',
  });
  expect(sidePair(aws.value, aws.value)).toEqual({
    ok: false,
    error: 'both sides are on AWS; a migration moves a host between Heroku and AWS',
  });
});
