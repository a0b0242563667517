import { hostileRuns } from './hostile-runs.js';

hostileRuns(1, 5);
