import { expect, test } from 'vitest';
import { typedSide } from '../../../src/cli/init/typed-side.js';

test.each([
  ['heroku:shop', 'heroku:shop'],
  [' aws:lb.example.com ', 'aws:lb.example.com'],
  ['my-alb-1.eu-west-1.elb.amazonaws.com', 'aws:my-alb-1.eu-west-1.elb.amazonaws.com'],
  ['My-ALB-1.eu-west-1.ELB.amazonaws.com.', 'aws:My-ALB-1.eu-west-1.ELB.amazonaws.com.'],
  ['lb-1.elb.cn-north-1.amazonaws.com.cn', 'aws:lb-1.elb.cn-north-1.amazonaws.com.cn'],
  ['d111111abcdef8.cloudfront.net', 'aws:d111111abcdef8.cloudfront.net'],
])('%s is the side %s', (typed, side) => {
  expect(typedSide(typed)).toEqual({ ok: true, value: side });
});

test.each([
  ['sleepy-otter-0a1b2c.herokudns.com', "the app's name is wanted, as `heroku apps` lists it: heroku:<app>"],
  ['Shop-1234.herokuapp.com.', "the app's name is wanted, as `heroku apps` lists it: heroku:<app>"],
  ['www.example.com', 'does not say its platform; write heroku:<app> or aws:<dns name>'],
  ['notamazonaws.com', 'does not say its platform'],
  ['x.amazonaws.com.example.com', 'does not say its platform'],
  ['shop', 'does not say its platform'],
  ['https://my-alb-1.eu-west-1.elb.amazonaws.com/', 'does not say its platform'],
  ['my-alb-1.eu-west-1.elb.amazonaws.com:443', 'does not say its platform'],
  ['', 'does not say its platform'],
])('"%s" is none, and the answer says what is wanted', (typed, fault) => {
  expect(typedSide(typed)).toMatchObject({ ok: false, error: expect.stringContaining(fault) as string });
});
