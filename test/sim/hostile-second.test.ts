import { hostileRuns } from './hostile-runs.js';

hostileRuns({ hosts: 251, hostCases: 5, groups: 81, groupCases: 2 });
