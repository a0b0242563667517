import { describe, expect, test } from 'vitest';
import { err, ok } from '../../src/core/result.js';
import { instant, type Instant } from '../../src/core/time.js';
import { HourlyFoundations } from '../../src/engine/foundation-feed.js';
import type { Delegation } from '../../src/engine/inspection-ports.js';
import type { ZoneApi } from '../../src/engine/ports.js';
import { pages, withPager } from './pages.js';
import { policyOf, policyText, providerFailure, World } from './world.js';

const own = ['ns-1.lab', 'ns-2.lab', 'ns-3.lab', 'ns-4.lab'];
const hourMs = 3_600_000;

/** A world whose foundations are really looked at. */
class FoundedWorld extends World {
  delegation: Delegation = { resolver: ok(own), parent: ok(own), isSigned: ok(false) };
  /** Why the trial of a rollback is denied; null while it is granted. */
  denied: string | null = null;
  trials = 0;

  constructor() {
    super();
    const { zones, clock, ids } = this.engine;
    const change: ZoneApi['change'] = (...args) => {
      this.trials += 1;
      return this.denied === null
        ? zones.change(...args)
        : Promise.resolve(err({ ...providerFailure('denied'), message: this.denied }));
    };
    this.foundations = new HourlyFoundations({
      zones: { ...zones, zonesFor: (...args) => zones.zonesFor(...args), change },
      inspection: this.inspection,
      dns: { delegation: () => Promise.resolve(this.delegation) },
      clock,
      ids,
    });
  }

  /** Observed at 10 %, with the target unable to be promoted, so that nothing but what is looked for happens. */
  async resting(): Promise<string> {
    const id = await this.startedAt(10, { policy: policyOf(policyText + withPager) });
    await this.migrations.pause(id, { by: 'ann', because: 'a test' });
    return id;
  }

  /** A paused migration needs no close look: a tick every five minutes. */
  async live(id: string, ms: number, stepMs = 300_000): Promise<void> {
    for (let passed = 0; passed <= ms; passed += stepMs) await this.tick(id, stepMs);
  }

  topics(type: 'alarm-raised' | 'alarm-cleared' | 'held'): string[] {
    return this.events.flatMap((event) => (event.type === type ? [event.topic] : []));
  }

  /** The topics of the alarms that somebody was woken for. */
  woken(): string[] {
    return pages(this).flatMap((page) => /^alarm\/([\w-]+):/.exec(page)?.[1] ?? []);
  }

  said(topic: string): string {
    const found = this.events.find((event) => event.type === 'alarm-raised' && event.topic === topic);
    return found?.type === 'alarm-raised' ? found.because : '';
  }
}

describe('once an hour', () => {
  test('the foundations are looked at, nothing is written, and all being well nothing is told', async () => {
    const world = new FoundedWorld();
    const id = await world.resting();
    const written = world.batches.length;
    await world.live(id, 2.5 * hourMs);
    expect(world.trials).toBe(2);
    expect(world.batches).toHaveLength(written);
    expect(world.topics('alarm-raised')).toEqual([]);
  });

  test('fault 18: the loss of the permission to roll back is an alarm with the exact missing action, until it is back', async () => {
    const world = new FoundedWorld();
    const id = await world.resting();
    world.denied = 'the AWS credentials may not call route53:ChangeResourceRecordSets';
    await world.live(id, 1.1 * hourMs);
    expect(world.topics('alarm-raised')).toEqual(['rollback-denied']);
    expect(world.woken()).toEqual(['rollback-denied']);
    expect(world.said('rollback-denied')).toContain(
      'route53:ChangeResourceRecordSets for UPSERT of CNAME www.example.com, UPSERT of TXT _shift.www.example.com',
    );
    expect(world.said('rollback-denied')).toContain('shiftctl iam');
    await world.migrations.resume(id, { by: 'ann', because: 'a test' });
    await world.live(id, 20_000, 1_000);
    expect(world.topics('held')).toContain('rollback-denied');
    expect((await world.state(id)).share).toBe(10);
    world.denied = null;
    await world.live(id, 300_000);
    await world.live(id, 30_000, 1_000);
    expect(world.topics('alarm-cleared')).toContain('rollback-denied');
    expect((await world.state(id)).share).toBeGreaterThan(10);
  });

  test('fault 15: a delegation that has moved is an alarm and a hold, and a look that says nothing leaves it', async () => {
    const world = new FoundedWorld();
    const id = await world.resting();
    world.delegation = { ...world.delegation, resolver: ok(['ns.other.example']) };
    await world.live(id, 1.1 * hourMs);
    expect(world.topics('alarm-raised')).toEqual(['delegation-moved']);
    expect(world.woken()).toEqual(['delegation-moved']);
    expect(world.said('delegation-moved')).toContain(
      'no longer delegated to its name servers but to ns.other',
    );
    const silent = err({ ...providerFailure('timeout'), provider: 'dns' as const });
    world.delegation = { resolver: silent, parent: silent, isSigned: silent };
    await world.migrations.resume(id, { by: 'ann', because: 'a test' });
    await world.live(id, 10 * 60_000);
    await world.live(id, 30_000, 1_000);
    expect(world.topics('alarm-cleared')).toEqual([]);
    expect(world.topics('held')).toContain('delegation-moved');
    expect((await world.state(id)).share).toBe(10);
  });

  test('fault 20: credentials of another account are an alarm, and nothing goes forward with them', async () => {
    const world = new FoundedWorld();
    const id = await world.resting();
    world.inspection.accountId = '999999999999';
    await world.live(id, 1.1 * hourMs);
    expect(world.woken()).toEqual(['wrong-account']);
    expect(world.said('wrong-account')).toContain('belong to 999999999999, the plan to 123456789012');
    await world.migrations.resume(id, { by: 'ann', because: 'a test' });
    const written = world.batches.length;
    await world.live(id, 30_000, 1_000);
    expect(world.topics('held')).toContain('wrong-account');
    expect(world.batches).toHaveLength(written);
    world.inspection.accountId = '123456789012';
    await world.live(id, 300_000);
    await world.live(id, 60_000, 1_000);
    expect(world.topics('alarm-cleared')).toContain('wrong-account');
    expect((await world.state(id)).share).toBeGreaterThan(10);
  });
});

describe('fault 17: credentials that end', () => {
  const at = (world: World, ms: number): Instant => instant(world.now + ms);

  test('fault 17: page an hour before, once, hold nothing, and are told to be over once they were renewed', async () => {
    const world = new FoundedWorld();
    const { credentials } = world.inspection;
    Object.assign(credentials, { endsAt: at(world, 2.5 * hourMs), renewedEndsAt: at(world, 2.5 * hourMs) });
    const id = await world.resting();
    await world.live(id, 1.25 * hourMs);
    expect(world.topics('alarm-raised')).toEqual([]);
    await world.live(id, 0.5 * hourMs);
    expect(world.topics('alarm-raised')).toEqual(['credentials-expiring']);
    expect(world.woken()).toEqual(['credentials-expiring']);
    expect(world.said('credentials-expiring')).toContain(new Date(credentials.endsAt ?? 0).toISOString());
    await world.migrations.resume(id, { by: 'ann', because: 'a test' });
    await world.live(id, 30_000, 1_000);
    expect((await world.state(id)).share).toBeGreaterThan(10);
    Object.assign(credentials, { endsAt: at(world, 8 * hourMs), renewedEndsAt: at(world, 8 * hourMs) });
    await world.migrations.pause(id, { by: 'ann', because: 'a test' });
    await world.live(id, 300_000);
    expect(world.topics('alarm-cleared')).toEqual(['credentials-expiring']);
  });

  test('fault 17: that have ended page again when calls fail, and it goes on by itself when they are renewed', async () => {
    const world = new FoundedWorld();
    const { credentials } = world.inspection;
    Object.assign(credentials, { endsAt: at(world, 1.2 * hourMs), renewedEndsAt: at(world, 1.2 * hourMs) });
    const id = await world.resting();
    await world.live(id, hourMs);
    await world.migrations.resume(id, { by: 'ann', because: 'a test' });
    world.faults.failRead = { ...providerFailure('denied'), message: 'they have ended', expired: true };
    const written = world.batches.length;
    await world.live(id, 600_000, 60_000);
    expect(world.topics('alarm-raised')).toEqual(['credentials-expiring', 'credentials-expired']);
    expect(world.woken()).toEqual(['credentials-expiring', 'credentials-expired']);
    expect(world.said('credentials-expired')).toContain('they have ended');
    expect(world.batches).toHaveLength(written);
    world.faults.failRead = null;
    Object.assign(credentials, { endsAt: at(world, 8 * hourMs), renewedEndsAt: at(world, 8 * hourMs) });
    expect((await world.runUntil(id, ({ share }) => share > 10)).alarms).not.toContain('credentials-expired');
    await world.migrations.pause(id, { by: 'ann', because: 'a test' });
    await world.live(id, 360_000);
    expect(world.topics('alarm-cleared')).toEqual(['credentials-expired', 'credentials-expiring']);
  });

  test('that a machine renews by itself page nobody for as long as that works', async () => {
    const world = new FoundedWorld();
    const { credentials } = world.inspection;
    Object.assign(credentials, { endsAt: at(world, 0.5 * hourMs), renewedEndsAt: at(world, hourMs) });
    const id = await world.resting();
    for (let passed = 0; passed < 3 * hourMs; passed += 300_000) {
      await world.tick(id, 300_000);
      credentials.renewedEndsAt = at(world, hourMs);
    }
    expect(world.topics('alarm-raised')).toEqual([]);
    world.inspection.failing.set('renewal', 'denied');
    await world.live(id, 0.5 * hourMs);
    expect(world.topics('alarm-raised')).toEqual(['credentials-expiring']);
  });

  test('that nobody can date say so only by being refused', async () => {
    const world = new FoundedWorld();
    const id = await world.resting();
    world.faults.failRead = { ...providerFailure('denied'), message: 'no permission' };
    await world.live(id, 600_000);
    expect(world.topics('alarm-raised')).toEqual([]);
    world.faults.failRead = { ...providerFailure('denied'), expired: true };
    await world.live(id, 300_000);
    expect(world.topics('alarm-raised')).toEqual(['credentials-expired']);
  });
});

describe('a zone that is gone', () => {
  test('fault 14: is told at the very next tick and holds, with what replaced it once that was looked up', async () => {
    const world = new FoundedWorld();
    const id = await world.resting();
    await world.migrations.resume(id, { by: 'ann', because: 'a test' });
    world.faults.failRead = {
      ...providerFailure('not-found'),
      message: 'No hosted zone found with ID: Z1EXAMPLE',
    };
    await world.tick(id);
    expect(world.topics('alarm-raised')).toContain('zone-gone');
    expect(world.woken()).toContain('zone-gone');
    expect(world.said('zone-gone')).toContain('credentials of another account or profile');
    const written = world.batches.length;
    await world.live(id, 20_000, 1_000);
    expect(world.topics('held')).toContain('zone-gone');
    expect(world.batches).toHaveLength(written);
    world.faults.failRead = null;
    await world.tick(id);
    expect(world.topics('alarm-cleared')).toContain('zone-gone');
  });
});
