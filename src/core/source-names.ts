import type { HostPlan } from './plan.js';

/** Every name that the source of a host has, or had before it moved, the present one first: records that name one of them are ours. */
export function sourceNames({ source, formerSources = [] }: HostPlan): readonly string[] {
  return [source.dnsName, ...formerSources];
}

/** How many answers of a name server led to the source, under whichever name; 0 for a host of no plan. */
export function sourceAnswers(host: HostPlan | undefined, answers: Readonly<Record<string, number>>): number {
  if (host === undefined) return 0;
  return sourceNames(host).reduce((sum, name) => sum + (answers[name] ?? 0), 0);
}
