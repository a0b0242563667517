/** Every scenario, as a person names it; apart from what they do, so that a help can list them and load nothing else. */
export const scenarioNames = [
  'healthy',
  'target-errors',
  'target-degrades',
  'target-slow',
  'slow-target',
  'target-dies',
  'target-dark',
  'shared-outage',
  'capacity',
  'low-traffic',
  'night',
  'metrics-late',
  'metrics-missing',
  'flaky-api',
] as const;

export type ScenarioName = (typeof scenarioNames)[number];
