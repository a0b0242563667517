import { describe, expect, test } from 'vitest';
import { decide } from '../../src/core/decide.js';
import type { Failure } from '../../src/core/failure.js';
import type { MigrationState } from '../../src/core/migration-state.js';
import { replay } from '../../src/core/migration.js';
import type { Policy } from '../../src/core/policy/policy.js';
import type { Result } from '../../src/core/result.js';
import { statusOf } from '../../src/core/status.js';
import { instant } from '../../src/core/time.js';
import { Migrations } from '../../src/engine/migrations.js';
import { operator, policyOf, policyText, value, World } from './world.js';

const bob = { by: 'bob', because: 'another test' };
const manual = policyText.replace('[10, 25, 50, 100]', '[10, {share: 25, approve: true}, 50, 100]');

function sentence(result: Result<MigrationState, Failure>): string {
  if (result.ok) return 'accepted';
  const failure = result.error;
  return 'message' in failure ? `${failure.reason}: ${failure.message}; ${failure.fix}` : failure.reason;
}

function policyWith(lines: string, text = policyText): Policy {
  return policyOf(`${text}${lines}\n`);
}

async function at(share: number, policy = policyOf(policyText)): Promise<[World, string]> {
  const world = new World();
  return [world, await world.startedAt(share, { policy })];
}

/** Ticks until this is so; fails when it takes longer than a stage could. */
async function until(
  world: World,
  id: string,
  done: (state: MigrationState) => boolean,
): Promise<MigrationState> {
  const state = await world.runUntil(id, done, 60);
  expect(done(state)).toBe(true);
  return state;
}

describe('promote', () => {
  test('waives the rest of the dwell when the gate allows it, once', async () => {
    const [world, id] = await at(10, policyWith('', policyText.replace('dwell: 6s', 'dwell: 1h')));
    await world.ticks(id, 5);
    value(await world.migrations.promote(id, operator, { to: null, override: false }));
    const { state, events } = await world.tick(id);
    expect(events).toMatchObject([{ type: 'intent-opened', intent: { share: 25 } }, {}]);
    expect(events[0]).toMatchObject({
      because: expect.stringContaining('promoted by ann: a test') as string,
    });
    expect(state).toMatchObject({ share: 25, promotion: null });
    expect((await world.ticks(id, 60)).share).toBe(25);
  });

  test('is refused with what the gate lacks, and names the override', async () => {
    const [world, id] = await at(10);
    world.health.target = 'silent';
    await world.ticks(id, 8);
    const refused = await world.migrations.promote(id, operator, { to: null, override: false });
    expect(sentence(refused)).toContain('refused: the gate does not allow it yet: too few target probes');
    expect(sentence(refused)).toContain('shiftctl promote www.example.com --override "<why>"');
    expect((await world.ticks(id, 3)).share).toBe(10);
  });

  test('waits until the gate allows it when the evidence is gone by the next tick', async () => {
    const [world, id] = await at(10, policyWith('', policyText.replace('dwell: 6s', 'dwell: 1h')));
    await world.ticks(id, 5);
    value(await world.migrations.promote(id, operator, { to: null, override: false }));
    value(await world.migrations.pause(id, operator));
    world.health.target = 'unknown';
    await world.ticks(id, 4);
    value(await world.migrations.resume(id, operator));
    expect((await world.ticks(id, 4)).share).toBe(10);
    world.health.target = 'ok';
    await until(world, id, ({ share }) => share === 25);
  });

  test('with an override leaves the stage at the next tick, whatever the gate lacks', async () => {
    const [world, id] = await at(10);
    world.health.target = 'silent';
    await world.ticks(id, 8);
    value(await world.migrations.promote(id, operator, { to: null, override: true }));
    expect((await world.tick(id)).state.share).toBe(25);
  });

  test('with an override counts less than the guard and than a zone that cannot be read', async () => {
    const [world, id] = await at(10);
    value(await world.migrations.promote(id, operator, { to: null, override: true }));
    world.faults.failRead = {
      reason: 'timeout',
      provider: 'route53',
      operation: 'x',
      message: 'no answer',
      details: [],
    };
    expect((await world.ticks(id, 2)).share).toBe(10);
    world.health.target = 'failed';
    await world.ticks(id, 2);
    world.faults.failRead = null;
    expect((await world.runToEnd(id)).phase).toMatchObject({ phase: 'rolled-back', by: 'guard' });
    expect(world.batches.some(({ comment }) => comment.includes('stage 25%'))).toBe(false);
  });

  test('what it waived begins again with a gap', async () => {
    const [world, id] = await at(10, policyWith('', policyText.replace('dwell: 6s', 'dwell: 1h')));
    await world.ticks(id, 5);
    value(await world.migrations.promote(id, operator, { to: null, override: false }));
    world.pass(60_000);
    const { state } = await world.tick(id);
    expect(state).toMatchObject({ share: 10, promotion: null });
  });

  test('goes past the next stage only while the source fails and the target passes, on a person’s word', async () => {
    const [world, id] = await at(10);
    const leap = { to: 100, override: true };
    expect(sentence(await world.migrations.promote(id, operator, leap))).toContain(
      'only while the source fails its probes and the target passes',
    );
    world.health.source = 'failed';
    await world.ticks(id, 4);
    expect(sentence(await world.migrations.promote(id, operator, { to: 100, override: false }))).toContain(
      'leads only a person',
    );
    expect(sentence(await world.migrations.promote(id, operator, { to: 50, override: true }))).toContain(
      '50% is not the next stage, 25%',
    );
    value(await world.migrations.promote(id, operator, leap));
    const { state, events } = await world.tick(id);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'intent-opened', because: 'promoted by ann: a test' }),
    );
    expect(state).toMatchObject({ share: 100, phase: { phase: 'settling', stage: 3 } });
    expect(state.intents.at(-1)).toMatchObject({ leap: { by: 'ann', because: 'a test' } });
  });

  test('does not go past the next stage when the source has recovered by then, and says so', async () => {
    const [world, id] = await at(10);
    world.health.source = 'failed';
    await world.ticks(id, 4);
    value(await world.migrations.promote(id, operator, { to: 100, override: true }));
    value(await world.migrations.pause(id, operator));
    world.health.source = 'ok';
    expect(await world.ticks(id, 4)).toMatchObject({ share: 10, promotion: null });
    expect(world.events.map(({ type }) => type)).toContain('approval-expired');
  });
});

describe('finalize', () => {
  test('ends the bake early, by the same rule', async () => {
    const long = policyWith(
      '',
      policyText.replace('bake: 10s', 'bake: 1d').replace('maxHold: 30s', 'maxHold: 1d'),
    );
    const [world, id] = await at(50, long);
    expect(sentence(await world.migrations.finalize(id, operator, false))).toContain('only the bake');
    await until(world, id, ({ share, phase }) => share === 100 && phase.phase === 'observing');
    await world.ticks(id, 5);
    expect(sentence(await world.migrations.promote(id, operator, { to: null, override: false }))).toContain(
      'shiftctl finalize www.example.com',
    );
    value(await world.migrations.finalize(id, operator, false));
    const because = expect.stringMatching(/; finalized early by ann: a test$/) as unknown;
    expect((await world.tick(id)).events[0]).toMatchObject({ intent: { kind: 'finalize' }, because });
    expect((await world.runToEnd(id)).phase.phase).toBe('completed');
  });

  test('is told as what it is, unlike a promotion', async () => {
    const told = policyWith(
      'notify:\n  channels: [{ slack: { urlFrom: env:SLACK_URL } }]',
      policyText.replace('bake: 10s', 'bake: 1d').replace('maxHold: 30s', 'maxHold: 1d'),
    );
    const [world, id] = await at(50, told);
    value(await world.migrations.promote(id, operator, { to: null, override: true }));
    await until(world, id, ({ share, phase }) => share === 100 && phase.phase === 'observing');
    value(await world.migrations.finalize(id, operator, true));
    await world.runToEnd(id);
    const words = world.notifier.told.filter(({ message }) => message.kind === 'approved');
    expect(words.map(({ message }) => message.headline)).toEqual([
      'www.example.com: promoted by ann from 50 %',
      'www.example.com: finalized early by ann at 100 %',
    ]);
  });

  test('that was not used in time is named as what it was', async () => {
    const waiting = policyWith(
      'approveWithin: 10s',
      policyText.replace('bake: 10s', 'bake: 1d').replace('maxHold: 30s', 'maxHold: 1d'),
    );
    const [world, id] = await at(100, waiting);
    await world.ticks(id, 5);
    value(await world.migrations.finalize(id, operator, false));
    value(await world.migrations.pause(id, operator));
    await until(world, id, ({ promotion }) => promotion === null);
    expect(world.events.find(({ type }) => type === 'approval-expired')).toMatchObject({
      because: 'the early end of the bake by ann was not used within 10s; say it again if it still holds',
    });
  });

  test('a word of an older version, which does not say what it ends, is still used', async () => {
    const long = policyWith(
      '',
      policyText.replace('bake: 10s', 'bake: 1d').replace('maxHold: 30s', 'maxHold: 1d'),
    );
    const [world, id] = await at(100, long);
    value(await world.migrations.finalize(id, operator, true));
    const events = (await world.journal(id)).map(({ event }) => event);
    const older = events.map((event) => {
      if (event.type !== 'promoted') return event;
      const { endsBake, ...word } = event;
      expect(endsBake).toBe(true);
      return word;
    });
    const state = replay(older);
    expect(state.promotion).toMatchObject({ to: 100, override: true });
    expect(state.promotion).not.toHaveProperty('endsBake');
    expect(decide(state).at(-1)).toMatchObject({ because: 'promoted by ann: a test' });
    expect(decide(replay(events)).at(-1)).toMatchObject({ because: 'finalized early by ann: a test' });
  });
});

describe('a stage that a person must approve', () => {
  test('is not entered before, and the wait says who may do what', async () => {
    const [world, id] = await at(10, policyOf(manual));
    const state = await until(world, id, ({ phase }) => phase.phase === 'waiting');
    expect(state.phase).toMatchObject({
      needs: 'approval',
      because: expect.stringContaining('shiftctl approve www.example.com --stage 25') as string,
    });
    expect((await world.ticks(id, 60)).share).toBe(10);
  });

  test('is entered after one approval, and its journal says whose', async () => {
    const [world, id] = await at(10, policyOf(manual));
    await until(world, id, ({ phase }) => phase.phase === 'waiting');
    expect(sentence(await world.migrations.approve(id, operator, 50))).toContain(
      'comes next is 25%, not 50%',
    );
    value(await world.migrations.approve(id, operator, 25));
    const { events } = await world.tick(id);
    expect(events[0]).toMatchObject({
      type: 'intent-opened',
      because: expect.stringContaining('approved by ann: a test') as string,
    });
    expect(await world.state(id)).toMatchObject({ share: 25, approval: null });
    expect(sentence(await world.migrations.approve(id, bob, 25))).toContain('conflict');
  });

  test('takes the line that its status prints, which needs no reason', async () => {
    const [world, id] = await at(10, policyOf(manual));
    const { needs } = statusOf(
      await until(world, id, ({ phase }) => phase.phase === 'waiting'),
      instant(world.now),
    );
    const command = 'shiftctl approve www.example.com --stage 25';
    expect(needs).toEqual({ kind: 'approval', share: 25, command });
    value(await world.migrations.approve(id, { by: 'ann', because: '' }, 25));
    expect((await world.journal(id)).at(-1)?.event).toMatchObject({ because: 'no reason given' });
    expect(statusOf(await world.state(id), instant(world.now)).needs).toBeNull();
  });

  test('may be approved before the gate is ready, and waits for the gate then', async () => {
    const [world, id] = await at(10, policyOf(manual));
    value(await world.migrations.approve(id, operator, 25));
    world.health.target = 'silent';
    expect((await world.ticks(id, 12)).share).toBe(10);
    world.health.target = 'ok';
    await until(world, id, ({ share }) => share === 25);
    expect(world.events.map(({ type }) => type)).not.toContain('approval-needed');
  });

  test('an approval that was not used in time is void, and a person is paged', async () => {
    const [world, id] = await at(
      10,
      policyWith('approveWithin: 10s', manual.replace('maxHold: 30s', 'maxHold: 1h')),
    );
    await until(world, id, ({ phase }) => phase.phase === 'waiting');
    world.health.target = 'unknown';
    await world.ticks(id, 5);
    value(await world.migrations.approve(id, operator, 25));
    const state = await until(world, id, ({ alarms, approval }) => alarms.length > 0 && approval === null);
    expect(state).toMatchObject({ share: 10, alarms: ['approval-expired'] });
    world.health.target = 'ok';
    await until(world, id, ({ phase }) => phase.phase === 'waiting');
    value(await world.migrations.approve(id, operator, 25));
    expect((await until(world, id, ({ share }) => share === 25)).alarms).toEqual([]);
  });

  test('is not entered by promote without an override', async () => {
    const [world, id] = await at(10, policyOf(manual));
    await world.ticks(id, 4);
    const refused = await world.migrations.promote(id, operator, { to: null, override: false });
    expect(sentence(refused)).toContain('shiftctl approve www.example.com --stage 25');
    value(await world.migrations.promote(id, operator, { to: null, override: true }));
    expect((await world.tick(id)).state.share).toBe(25);
  });

  test('an approval survives another process', async () => {
    const [world, id] = await at(10, policyOf(manual));
    await until(world, id, ({ phase }) => phase.phase === 'waiting');
    value(await world.migrations.approve(id, operator, 25));
    const other = new World();
    expect(other.now).not.toBe(instant(world.now));
    const entries = await world.journal(id);
    expect(entries.at(-1)?.event).toMatchObject({
      type: 'approved',
      by: 'ann',
      because: 'a test',
      expiresAt: world.now + 24 * 3_600_000,
    });
  });
});

test('an answer to what the gate asked goes past it, so it is refused without a reason', async () => {
  const [world, id] = await at(10);
  world.health.target = 'unknown';
  const { needs } = statusOf(
    await until(world, id, ({ phase }) => phase.phase === 'waiting'),
    instant(world.now),
  );
  const command = 'shiftctl approve www.example.com --stage 25 --reason "<why>"';
  expect(needs).toEqual({ kind: 'answer', share: 25, command });
  expect(sentence(await world.migrations.approve(id, { by: 'ann', because: ' ' }, 25))).toContain(command);
  value(await world.migrations.approve(id, operator, 25));
  expect((await world.tick(id)).state.share).toBe(25);
});

describe('fault 42: another policy for a running migration', () => {
  const slower = policyWith(
    '',
    policyText.replace('[10, 25, 50, 100]', '[5, 25, {share: 60, dwell: 20s}, 100]'),
  );

  test('goes on from the same share, by the new stages', async () => {
    const [world, id] = await at(25);
    const { plan } = await world.state(id);
    const state = value(await world.migrations.replan(id, operator, { shown: plan.policy, policy: slower }));
    expect(state).toMatchObject({ share: 25, phase: { phase: 'observing', stage: 1 } });
    expect(state.stageTimes.map(({ stage }) => stage)).toEqual([1]);
    const replanned = (await world.journal(id)).map(({ event }) => event).at(-1);
    expect(replanned).toMatchObject({ type: 'replanned', by: 'ann', because: 'a test', policy: slower });
    await until(world, id, ({ share }) => share === 60);
    expect((await world.runToEnd(id)).phase.phase).toBe('completed');
  });

  test('is refused where the present share is no stage, and where ttl would change', async () => {
    const [world, id] = await at(50);
    const { plan } = await world.state(id);
    const change = (policy: Policy): Promise<Result<MigrationState, Failure>> =>
      world.migrations.replan(id, operator, { shown: plan.policy, policy });
    expect(sentence(await change(slower))).toContain(
      'the present share, 50%, is not among the stages 5, 25, 60',
    );
    expect(sentence(await change(policyWith('', policyText.replace('ttl: 2s', 'ttl: 3s'))))).toContain(
      'ttl cannot change',
    );
  });

  test('fault 41: of two operators the second sees what the first has left', async () => {
    const [world, id] = await at(25);
    const { plan } = await world.state(id);
    const longer = policyWith('', policyText.replace('dwell: 6s', 'dwell: 9s'));
    value(await world.migrations.replan(id, operator, { shown: plan.policy, policy: longer }));
    const second = await world.migrations.replan(id, bob, { shown: plan.policy, policy: slower });
    expect(sentence(second)).toContain('was changed by somebody else meanwhile');
    value(await world.migrations.pause(id, operator));
    expect(sentence(await world.migrations.promote(id, bob, { to: null, override: true }))).toContain(
      'observing and paused: only a stage that is observed, and not paused',
    );
  });

  test('fault 41: of two at the very same moment the second is judged by what the first has left', async () => {
    const [world, id] = await at(10);
    const second = new Migrations(world.engineOf('second'));
    world.onCall = async (call, when) => {
      if (call !== 'append' || when !== 'before') return;
      world.onCall = () => undefined;
      value(await second.pause(id, bob));
    };
    const promoted = await world.migrations.promote(id, operator, { to: null, override: true });
    expect(sentence(promoted)).toContain(
      'observing and paused: only a stage that is observed, and not paused',
    );
    expect(await world.ticks(id, 3)).toMatchObject({ share: 10, promotion: null, pause: { by: 'bob' } });
  });

  test('fault 41: and the other way round, a pause after a promotion keeps it from being used', async () => {
    const [world, id] = await at(10);
    value(await world.migrations.promote(id, bob, { to: null, override: true }));
    value(await world.migrations.pause(id, operator));
    expect((await world.ticks(id, 3)).share).toBe(10);
    value(await world.migrations.resume(id, operator));
    expect((await world.tick(id)).state.share).toBe(25);
  });

  test('a question that the old policy asked is asked again only if the new one does', async () => {
    const [world, id] = await at(10, policyOf(manual));
    const { plan } = await until(world, id, ({ phase }) => phase.phase === 'waiting');
    value(await world.migrations.replan(id, operator, { shown: plan.policy, policy: policyOf(policyText) }));
    await until(world, id, ({ share }) => share === 25);
  });
});
