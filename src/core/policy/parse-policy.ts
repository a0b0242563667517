import type { Problem } from '../failure.js';
import { err, ok, type Result } from '../result.js';
import { millis } from '../time.js';
import { calendarOf } from './calendar-text.js';
import { hooksPolicy, notifyPolicy } from './notify-policy.js';
import type { Policy, Stage } from './policy.js';
import { failoverPolicy } from './failover-schema.js';
import { shareOrder, violations } from './policy-rules.js';
import { policyNamePattern, policySchema } from './policy-schema.js';
import { defaultBakeMs, defaultGapTicks, type PolicyText, type StageText } from './policy-text.js';
import { probePolicy } from './probe-policy.js';
import { inReadingOrder } from './problem-list.js';
import { checkSchema, locateFinding } from './schema-check.js';
import { readYaml, type YamlDocument } from './yaml-document.js';
import { formatPath, startsWith, type YamlPath } from './yaml-path.js';

/**
 * Reads a policy file. Either the policy with every default filled in, or everything that is wrong with it at once, each
 * problem with the line and column it stands at.
 */
export function parsePolicy(text: string, file: string): Result<Policy, readonly Problem[]> {
  const { document, problems } = readYaml(text, file);
  if (document === null) return err(inReadingOrder(problems));
  const policy = policyAt(document, [], document.root, nameOf(file));
  const all = [...problems, ...(policy.ok ? [] : policy.error)];
  return policy.ok && all.length === 0 ? policy : err(inReadingOrder(all));
}

/** The policy that stands at `base` inside a larger file. */
export function policyAt(
  document: YamlDocument,
  base: YamlPath,
  value: unknown,
  fallbackName: string,
): Result<Policy, readonly Problem[]> {
  const checked = checkSchema(policySchema, value);
  const findings = checked.ok ? [] : checked.findings;
  const draft = checked.ok
    ? checked.value
    : withoutFaults(
        value,
        findings.map(({ path }) => path),
      );
  const problems = [
    ...findings.map((finding) => locateFinding(finding, document, base)),
    ...orderProblems(document, base, value),
    ...(draft === undefined
      ? []
      : ruleProblems(
          document,
          base,
          draft,
          findings.map(({ path }) => path),
        )),
  ];
  return checked.ok && problems.length === 0 ? ok(normalise(checked.value, fallbackName)) : err(problems);
}

/** The same file with its faulty values replaced by defaults, so that the rules between the others can still be checked. */
function withoutFaults(value: unknown, faults: readonly YamlPath[]): PolicyText | undefined {
  if (!isMapping(value)) return undefined;
  let copy = value;
  for (const [key, inner] of faults) {
    if (typeof key !== 'string') return undefined;
    const nested = copy[key];
    if (key === 'stages') copy = { ...copy, stages: [100] };
    else if (inner !== undefined && isMapping(nested))
      copy = { ...copy, [key]: without(nested, String(inner)) };
    else copy = without(copy, key);
  }
  const checked = checkSchema(policySchema, copy);
  return checked.ok ? checked.value : undefined;
}

function without(mapping: Readonly<Record<string, unknown>>, key: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(mapping).filter(([name]) => name !== key));
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function orderProblems(document: YamlDocument, base: YamlPath, value: unknown): Problem[] {
  const stages = isMapping(value) ? value['stages'] : undefined;
  return shareOrder(stages).map(({ index, message }) => {
    const path = [...base, 'stages', index];
    return { location: document.locate(path), where: formatPath(path), message };
  });
}

/** A rule that read a faulty value says nothing: it would judge the default that took its place. */
function ruleProblems(
  document: YamlDocument,
  base: YamlPath,
  draft: PolicyText,
  faults: readonly YamlPath[],
): Problem[] {
  const isFaulty = (read: YamlPath): boolean =>
    faults.some((fault) => startsWith(fault, read) || startsWith(read, fault));
  return violations(draft)
    .filter(({ reads }) => !reads.some(isFaulty))
    .map(({ reads, message }) => {
      const paths = reads.map((read) => [...base, ...read]);
      const path = paths.find((candidate) => document.has(candidate)) ?? base;
      return { location: document.locate(path), where: formatPath(path), message };
    });
}

function normalise(text: PolicyText, fallbackName: string): Policy {
  const { probes, gate } = text;
  const failover = failoverPolicy(text.failover);
  const last = text.stages.at(-1);
  const ownDwell = typeof last === 'object' ? last.dwell : undefined;
  const calendar = calendarOf(text);
  const bakeMs = ownDwell ?? text.bake ?? defaultBakeMs;
  return {
    name: text.name ?? fallbackName,
    stages: text.stages.map((stage, index): Stage => {
      const spelled: StageText = typeof stage === 'number' ? { share: stage } : stage;
      const { share, dwell = text.dwell, dwellOver, approve } = spelled;
      const isLast = index === text.stages.length - 1;
      return {
        share: isLast ? share - text.holdback : share,
        dwellMs: isLast ? bakeMs : dwell,
        ...(dwellOver === undefined ? {} : { dwellOver }),
        ...(approve === true ? { needsApproval: true } : {}),
      };
    }),
    ttlSeconds: text.ttl / 1000,
    finalTtlSeconds: text.finalTtl === undefined ? null : text.finalTtl / 1000,
    ...(text.finalAs === 'alias' ? { finalAs: text.finalAs } : {}),
    tailMs: text.tail,
    bakeMs,
    tickEveryMs: text.tickEvery,
    gapAfterMs: text.gapAfter ?? millis(defaultGapTicks * text.tickEvery),
    bucketMs: millis(text.bucketSeconds * 1000),
    settleDelayMs: text.settleDelay,
    probes: probePolicy(probes),
    gate: {
      evidence: gate.evidence,
      alpha: gate.alpha,
      tolerance: gate.tolerance,
      minErrorRate: gate.minErrorRate,
      budget: gate.budget,
      latency: typeof gate.latency === 'string' ? gate.latency : { slowerThanMs: gate.latency.slowerThan },
      maxHoldMs: gate.maxHold,
      blindAfterMs: gate.blindAfter,
      onAsk: gate.onAsk,
    },
    ...(failover === null ? {} : { failover }),
    ...(calendar === undefined ? {} : { calendar }),
    ...(text.approveWithin === undefined ? {} : { approveWithinMs: text.approveWithin }),
    ...(text.finalizeWhen === undefined
      ? {}
      : { finalizeWhen: { sourceBelow: text.finalizeWhen.sourceBelow, forMs: text.finalizeWhen.for } }),
    ...(text.notify === undefined ? {} : { notify: notifyPolicy(text.notify) }),
    ...(text.hooks === undefined ? {} : { hooks: hooksPolicy(text.hooks) }),
    lab: text.lab,
  };
}

/** `policies/standard.yaml` is the policy `standard`. */
function nameOf(file: string): string {
  const base = /([^/\\]*?)(\.[^./\\]*)?$/.exec(file)?.[1] ?? '';
  return policyNamePattern.test(base) ? base : 'custom';
}
