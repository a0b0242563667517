import type { ProbeExpectation, ProbePolicy, SideProbes } from './policy.js';
import type { ExpectationText, ProbesText, SideProbesText } from './policy-text.js';

/** The probes of a policy file as they are used: names in lower case, a side's own values merged with the common ones. */
export function probePolicy(text: ProbesText): ProbePolicy {
  const { source, target } = text;
  return {
    path: text.path,
    port: text.port,
    everyMs: text.every,
    timeoutMs: text.timeout,
    failed: text.failed,
    families: text.families,
    expect: expectation(text.expect),
    ...(source !== undefined && { source: ofSide(text, source) }),
    ...(target !== undefined && { target: ofSide(text, target) }),
    preflight: { count: text.preflight.count, everyMs: text.preflight.every },
  };
}

function ofSide(common: ProbesText, own: SideProbesText): SideProbes {
  return {
    path: own.path ?? common.path,
    everyMs: own.every ?? common.every,
    expect: expectation({ ...common.expect, ...own.expect }),
  };
}

/** Null lifts what the common expectation asks for. */
function expectation({ status, body, json, headers, compression }: ExpectationText): ProbeExpectation {
  const named = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
  return {
    status,
    body,
    json,
    ...(named.length > 0 && { headers: Object.fromEntries(named) }),
    ...(compression != null && { compression }),
  };
}
