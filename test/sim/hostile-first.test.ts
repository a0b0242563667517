import { hostileRuns } from './hostile-runs.js';

hostileRuns(1, 5, [3_000_697, 4_000_040, 4_000_364, 5_000_842]);
