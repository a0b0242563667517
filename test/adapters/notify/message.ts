import type { Message } from '../../../src/core/notify/message.js';
import { instant } from '../../../src/core/time.js';
import { www } from '../../core/story.js';

/** A page as the guard's rollback makes it. */
export const page: Message = {
  sequence: 41,
  at: instant(1_700_000_000_000),
  kind: 'rolling-back',
  severity: 'page',
  topic: 'rollback',
  key: 'shift/www-example-com-abc123/rollback/41',
  resolves: [],
  migrationId: 'www-example-com-abc123',
  hosts: [www],
  share: 25,
  headline: 'www.example.com: rolling back by itself from 25 % back to heroku:my-app',
  because: 'target fails its probes (4 of 6 failed) & <worse>',
  next: 'nothing has to be typed <yet>',
  numbers: ['source probes: 0 of 6 failed', 'target probes: 4 of 6 failed, last: 503, expected 200'],
  commands: [
    { does: 'see why', here: 'shiftctl status www.example.com --why', anywhere: null },
    {
      does: 'put everything back',
      here: 'shiftctl rollback www.example.com',
      anywhere: 'shiftctl rollback www.example.com --no-state',
    },
  ],
};
