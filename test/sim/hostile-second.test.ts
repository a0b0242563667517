import { hostileRuns } from './hostile-runs.js';

hostileRuns(251, 5);
