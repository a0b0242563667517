import { passed, refused, warned, type Look } from './look.js';

/** Whose credentials these are, and that they are still those of the plan. */
export const lookAtAccount: Look = async ({ inspection }, { zone }, signal) => {
  const found = await inspection.account(signal);
  const name = 'account';
  if (!found.ok) {
    const fact = `whose credentials these are is not known (${found.error.message}); the plan is pinned by the id of the zone, ${zone.id}`;
    return [warned(name, fact, null)];
  }
  const pinned = zone.accountId ?? null;
  if (pinned !== null && found.value !== null && pinned !== found.value) {
    const fact = `the credentials belong to account ${found.value}, but the plan is pinned to ${pinned}: wrong account or profile`;
    return [refused(name, fact, 'set AWS_PROFILE to the profile of the account that holds the zone')];
  }
  if (found.value !== null) {
    // It was not known when the plan was made, a moment ago.
    const pin = pinned === null ? `is pinned by the id of the zone, ${zone.id}` : 'is pinned to it';
    return [passed(name, `the credentials belong to account ${found.value}; the plan ${pin}`)];
  }
  const fact = `the credentials do not say their account; the plan is pinned by the id of the zone, ${zone.id}, which no other account has`;
  return [passed(name, fact)];
};
