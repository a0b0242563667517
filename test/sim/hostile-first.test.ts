import { hostileRuns } from './hostile-runs.js';

const again = [3_000_697, 4_000_040, 4_000_364, 5_000_842, 7_000_102];
hostileRuns({ hosts: 1, hostCases: 5, groups: 1, groupCases: 2, again });
