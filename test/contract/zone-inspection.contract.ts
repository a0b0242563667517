import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RecordName } from '../../src/core/record-name.js';
import type { ZoneInspection } from '../../src/engine/inspection-ports.js';
import type { HostedZones } from '../../src/lab/zone/hosted-zones.js';

export interface ZoneInspectionUnderTest extends AsyncDisposable {
  readonly inspection: ZoneInspection;
  /** What it looks at; the contract fills it. */
  readonly zones: HostedZones;
}

const host = 'www.example.com.' as RecordName;
const never = new AbortController().signal;

/** What every `ZoneInspection` must do, whatever it is made of. */
export function zoneInspectionContract(name: string, open: () => Promise<ZoneInspectionUnderTest>): void {
  describe(`${name} as a ZoneInspection`, () => {
    let subject: ZoneInspectionUnderTest;

    beforeEach(async () => {
      subject = await open();
      const nameServers = ['ns-1.example.net', 'ns-2.example.net'];
      subject.zones.createZone({ name: 'example.com', callerReference: '1', id: 'Z1', nameServers });
    });
    afterEach(async () => {
      await subject[Symbol.asyncDispose]();
    });

    it('describes a zone, its accelerated recovery and the time of the answer', async () => {
      const described = await subject.inspection.describe('Z1', never);
      expect(described).toMatchObject({
        ok: true,
        value: {
          zone: {
            id: 'Z1',
            name: 'example.com.',
            private: false,
            nameServers: ['ns-1.example.net', 'ns-2.example.net'],
          },
          acceleratedRecovery: null,
        },
      });
      expect(described.ok && described.value.answeredAt).not.toBeNull();
      subject.zones.setAcceleratedRecovery('Z1', 'ENABLING_HOSTED_ZONE_LOCKED');
      expect(await subject.inspection.describe('Z1', never)).toMatchObject({
        value: { acceleratedRecovery: 'ENABLING_HOSTED_ZONE_LOCKED' },
      });
    });

    it('says whether a zone is signed', async () => {
      expect(await subject.inspection.signing('Z1', never)).toEqual({ ok: true, value: 'NOT_SIGNING' });
      subject.zones.setSigning('Z1', 'SIGNING');
      expect(await subject.inspection.signing('Z1', never)).toEqual({ ok: true, value: 'SIGNING' });
    });

    it('lists the protections of exactly the names that are asked for', async () => {
      expect(await subject.inspection.protections('Z1', [host], never)).toEqual({ ok: true, value: [] });
      subject.zones.createProtections('Z1', [
        { name: 'a.www.example.com', type: 'CNAME' },
        { name: host, type: 'CNAME', comment: 'ask Ann' },
        { name: host, type: 'TXT' },
        { name: 'wwww.example.com', type: 'CNAME' },
      ]);
      expect(await subject.inspection.protections('Z1', [host], never)).toEqual({
        ok: true,
        value: [
          { name: host, type: 'CNAME', comment: 'ask Ann' },
          { name: host, type: 'TXT', comment: null },
        ],
      });
    });

    it('lists the tags of a zone, or none', async () => {
      expect(await subject.inspection.tags('Z1', never)).toEqual({ ok: true, value: [] });
      subject.zones.setTags('Z1', { team: 'web', 'managed-by': 'terraform' });
      expect(await subject.inspection.tags('Z1', never)).toEqual({
        ok: true,
        value: [
          { key: 'team', value: 'web' },
          { key: 'managed-by', value: 'terraform' },
        ],
      });
    });

    it('knows nothing of a zone that does not exist', async () => {
      const { inspection } = subject;
      const answers = await Promise.all([
        inspection.describe('Z2', never),
        inspection.signing('Z2', never),
        inspection.protections('Z2', [host], never),
        inspection.tags('Z2', never),
      ]);
      for (const answer of answers)
        expect(answer).toMatchObject({ ok: false, error: { reason: 'not-found' } });
    });
  });
}
