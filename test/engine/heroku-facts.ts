import type { HerokuFacts } from '../../src/core/platform/platform-reading.js';
import { herokuTarget } from './world.js';

/** The app as a healthy source has it. */
export const fit: HerokuFacts = {
  id: 'app-1',
  name: 'my-app',
  maintenance: false,
  domain: {
    hostname: 'www.example.com',
    cname: herokuTarget.slice(0, -1),
    status: 'succeeded',
    acmStatus: 'cert issued',
    acmReason: null,
    sniEndpoint: 'endpoint-1',
    certificateEndsAt: null,
    isManaged: true,
  },
  web: { quantity: 4, size: 'Standard-1X', alive: 4, dead: [] },
};
