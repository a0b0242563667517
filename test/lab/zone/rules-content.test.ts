import { describe, expect, it } from 'vitest';
import { change, icb, zoneFixture } from './zone-fixture.js';

const www = { name: 'www.example.com', type: 'CNAME', ttl: 300, values: ['old.test'] };
const wwwA = { name: 'www.example.com', type: 'A', ttl: 300, values: ['192.0.2.1'] };

describe('the rules of names and values, 27 to 31', () => {
  it('27: a name is stored in lower case, with the final dot and unescaped', () => {
    const { zones, zoneId, batch } = zoneFixture();
    batch(change('CREATE', { ...www, name: 'W\\127w.EXAMPLE.com' }));
    expect(zones.records(zoneId)?.map(({ name }) => name)).toContain('www.example.com.');
    expect(batch(change('DELETE', { ...www, name: 'www.example.com.' }))).toMatchObject({ kind: 'accepted' });
  });

  it('28: a name is listed with octal escapes for all but a-z 0-9 - _', () => {
    const { zones, zoneId, batch } = zoneFixture();
    const names = [
      '*.example.com',
      '_a-b.example.com',
      'a\\040b.example.com',
      'a\\056b.example.com',
      'a!b.example.com',
    ];
    batch(...names.map((name) => change('CREATE', { ...wwwA, name })));
    expect(
      zones
        .records(zoneId)
        ?.filter(({ type }) => type === 'A')
        .map(({ name }) => name),
    ).toEqual([
      '\\052.example.com.',
      '_a-b.example.com.',
      'a\\040b.example.com.',
      'a\\041b.example.com.',
      'a\\056b.example.com.',
    ]);
  });

  it('29: raw space, tab, control and high bytes, and an empty name', () => {
    const { refused } = zoneFixture();
    for (const [name, character] of [
      ['a b', ' '],
      ['a\tb', '\t'],
      ['a\u007fb', '\u007f'],
      ['bücher', 'ü'],
      ['a\u{1f600}', '\u{1f600}'],
    ]) {
      expect(refused(change('CREATE', { ...www, name: `${name ?? ''}.example.com` }))).toEqual(
        icb(
          `FATAL problem: UnsupportedCharacter (Value contains unsupported characters) encountered with '${character ?? ''}'`,
        ),
      );
    }
    expect(refused(change('CREATE', { ...www, name: '' }))).toEqual(
      icb("FATAL problem: DomainNameEmpty (Domain name is empty) encountered with ''"),
    );
  });

  it('29: labels over 63 bytes, names over 255 bytes and empty labels', () => {
    const { refused, batch } = zoneFixture();
    const long = 'x'.repeat(63);
    for (const name of [`x${long}`, `${long}.${long}.${long}.${long}`, 'a..b', '.a']) {
      expect(refused(change('CREATE', { ...www, name: `${name}.example.com` })).code).toBe(
        'InvalidChangeBatch',
      );
    }
    expect(batch(change('CREATE', { ...www, name: `${long}.example.com` }))).toMatchObject({
      kind: 'accepted',
    });
  });

  it('30: RDATA that is not of its type', () => {
    const { refused } = zoneFixture();
    expect(refused(change('CREATE', { ...wwwA, values: ['192.0.2.256'] }))).toEqual(
      icb(
        'Invalid Resource Record: FATAL problem: ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address) ' +
          "encountered with '192.0.2.256'",
      ),
    );
    expect(refused(change('CREATE', { ...wwwA, type: 'TXT', values: ['bare'] }))).toEqual(
      icb(
        'Invalid Resource Record: FATAL problem: InvalidCharacterString (Value should be enclosed in quotation marks) ' +
          "encountered with 'bare'",
      ),
    );
    const wrong = [
      ['AAAA', '192.0.2.1'],
      ['CNAME', 'not a name'],
      ['MX', 'mail.test'],
      ['SRV', '1 2 mail.test'],
      ['CAA', '0 issue letsencrypt.org'],
      ['TXT', `"${'x'.repeat(256)}"`],
      ['HTTPS', ' '],
    ];
    for (const [type = '', value = ''] of wrong) {
      expect(refused(change('CREATE', { ...wwwA, type, values: [value] })).code).toBe('InvalidChangeBatch');
    }
  });

  it('30: RDATA that is', () => {
    const { batch } = zoneFixture();
    const right = [
      ['AAAA', '2001:db8::1'],
      ['MX', '10 mail.test'],
      ['SRV', '1 2 443 mail.test'],
      ['CAA', '0 issue "letsencrypt.org"'],
      ['TXT', `"${'x'.repeat(255)}" "with \\"quotes\\" and \\303\\274"`],
      ['HTTPS', '1 . alpn="h2"'],
    ];
    for (const [type = '', value = ''] of right) {
      expect(batch(change('CREATE', { ...wwwA, type, values: [value] }))).toMatchObject({ kind: 'accepted' });
    }
  });

  it('31: a repeated value in a set', () => {
    const { refused } = zoneFixture();
    expect(refused(change('CREATE', { ...wwwA, values: ['192.0.2.1', '192.0.2.2', '192.0.2.1'] }))).toEqual(
      icb("Duplicate Resource Record: '192.0.2.1'"),
    );
  });
});

describe('the rules of apex, aliases, health checks, sizes and protections, 32 to 37 and 40', () => {
  it('32: the SOA and NS of the apex cannot be removed, editing them is allowed', () => {
    const { zones, zoneId, batch, refused } = zoneFixture();
    const [ns, soa] = zones.records(zoneId) ?? [];
    if (ns === undefined || soa === undefined) expect.fail('a new zone has NS and SOA');
    expect(refused(change('DELETE', ns), change('DELETE', soa))).toEqual(
      icb(
        'A HostedZone must contain exactly one SOA record.',
        'A HostedZone must contain at least one NS record for the zone itself.',
      ),
    );
    expect(refused(change('CREATE', { ...soa, name: 'sub.example.com' }))).toEqual(
      icb('A HostedZone must contain exactly one SOA record.'),
    );
    const shorter = { ...soa, ttl: 60 };
    expect(batch(change('DELETE', soa), change('CREATE', shorter))).toMatchObject({ kind: 'accepted' });
    expect(batch(change('UPSERT', { ...ns, ttl: 60 }))).toMatchObject({ kind: 'accepted' });
  });

  const aliasTo = (dnsName: string, hostedZoneId = 'ZFIXTURE', type = 'A') => ({
    name: 'alias.example.com',
    type,
    alias: { hostedZoneId, dnsName, evaluateTargetHealth: false },
  });
  const tried = (dnsName: string, type: string, zone: string): string =>
    `Tried to create an alias that targets ${dnsName}, type ${type} in zone ${zone},`;

  it('33: an alias to a missing record or type, or to one not yet created in the batch', () => {
    const { batch, refused } = zoneFixture();
    const missing = icb(`${tried('www.example.com.', 'A', 'ZFIXTURE')} but that target was not found`);
    expect(refused(change('CREATE', aliasTo('www.example.com')))).toEqual(missing);
    expect(refused(change('CREATE', aliasTo('www.example.com')), change('CREATE', wwwA))).toEqual(missing);
    batch(change('CREATE', { ...wwwA, type: 'AAAA', values: ['2001:db8::1'] }));
    expect(refused(change('CREATE', aliasTo('www.example.com')))).toEqual(missing);
    expect(batch(change('CREATE', wwwA), change('CREATE', aliasTo('WWW.example.com.')))).toMatchObject({
      kind: 'accepted',
    });
    expect(refused(change('UPSERT', aliasTo('www.example.com')), change('UPSERT', wwwA))).toEqual(missing);
  });

  it('33: an alias of type CNAME to a weighted CNAME set of the zone is legal', () => {
    const { batch } = zoneFixture();
    const member = { ...www, setIdentifier: 'a', weight: 1 };
    const alias = aliasTo('www.example.com', 'ZFIXTURE', 'CNAME');
    expect(batch(change('CREATE', member), change('CREATE', alias))).toMatchObject({ kind: 'accepted' });
  });

  it('34: an alias name outside the given zone, and other hosted zones', () => {
    const { zones, batch, refused } = zoneFixture();
    const outside = (dnsName: string, zone: string): unknown =>
      icb(
        `${tried(dnsName, 'A', zone)} but the alias target name does not lie within the target zone`,
        `${tried(dnsName, 'A', zone)} but that target was not found`,
      );
    const albName = 'alb.eu-west-1.elb.amazonaws.com';
    expect(refused(change('CREATE', aliasTo(albName)))).toEqual(outside(`${albName}.`, 'ZFIXTURE'));
    expect(refused(change('CREATE', aliasTo(albName, 'Z35SXDOTRQ7X7K')))).toEqual(
      outside(`${albName}.`, 'Z35SXDOTRQ7X7K'),
    );
    zones.createZone({ name: 'other.com', callerReference: 'other', id: 'ZOTHER' });
    zones.change('ZOTHER', [change('CREATE', { ...wwwA, name: 'www.other.com' })]);
    expect(refused(change('CREATE', aliasTo('www.other.com', 'ZOTHER'))).code).toBe('InvalidChangeBatch');
    expect(batch(change('CREATE', aliasTo(albName, 'Z32O12XQLNTSW2')))).toMatchObject({ kind: 'accepted' });
  });

  it('35: an unknown health check', () => {
    const { zones, batch, refused } = zoneFixture();
    const checked = { ...wwwA, setIdentifier: 'a', weight: 1, healthCheckId: 'hc-1' };
    expect(refused(change('CREATE', checked))).toMatchObject({ code: 'NoSuchHealthCheck', httpStatus: 404 });
    zones.registerHealthCheck('hc-1');
    expect(batch(change('CREATE', checked))).toMatchObject({ kind: 'accepted' });
    zones.forgetHealthCheck('hc-1');
    expect(batch(change('DELETE', checked))).toMatchObject({ kind: 'accepted' });
  });

  const manyNames = (count: number, value: (index: number) => string, type: string) =>
    Array.from({ length: count }, (_, index) => ({
      name: `n${index}.example.com`,
      type,
      ttl: 60,
      values: [value(index)],
    }));

  it('36: over 1,000 values in a batch, an UPSERT counting double', () => {
    const { batch, refused } = zoneFixture();
    const records = manyNames(1001, () => '192.0.2.1', 'A');
    const tooMany = icb('Number of records limit of 1000 exceeded.');
    expect(refused(...records.map((record) => change('CREATE', record)))).toEqual(tooMany);
    expect(refused(...records.slice(0, 501).map((record) => change('UPSERT', record)))).toEqual(tooMany);
    expect(batch(...records.slice(0, 1000).map((record) => change('CREATE', record)))).toMatchObject({
      kind: 'accepted',
    });
  });

  it('37: over 32,000 characters in a batch, an UPSERT counting double', () => {
    const { batch, refused } = zoneFixture();
    const records = manyNames(321, () => `"${'x'.repeat(98)}"`, 'TXT');
    const tooLong = icb('RDATA character limit of 32000 exceeded.');
    expect(refused(...records.map((record) => change('CREATE', record)))).toEqual(tooLong);
    expect(refused(...records.slice(0, 161).map((record) => change('UPSERT', record)))).toEqual(tooLong);
    expect(batch(...records.slice(0, 320).map((record) => change('CREATE', record)))).toMatchObject({
      kind: 'accepted',
    });
  });

  it('40: a protected name and type, whether a record stands there or not', () => {
    const { zones, zoneId, batch, refused } = zoneFixture();
    expect(
      zones.createProtections(zoneId, [{ name: 'WWW.example.com', type: 'CNAME', comment: 'ask Ada first' }]),
    ).toBeUndefined();
    const refusal = refused(change('CREATE', www), change('CREATE', { ...wwwA, name: 'free.example.com' }));
    expect(refusal.code).toBe('InvalidChangeBatch');
    expect(refusal.message).toContain('ask Ada first');
    expect(batch(change('CREATE', wwwA))).toMatchObject({ kind: 'accepted' });
    batch(change('DELETE', wwwA));
    expect(zones.deleteZone(zoneId)).toMatchObject({ kind: 'refused' });
    expect(zones.deleteProtections(zoneId, [{ name: 'www.example.com', type: 'CNAME' }])).toBeUndefined();
    expect(batch(change('CREATE', www))).toMatchObject({ kind: 'accepted' });
  });

  it('40: requests about protections are atomic and name the entries that failed', () => {
    const { zones, zoneId } = zoneFixture();
    const entry = { name: 'www.example.com.', type: 'CNAME' };
    zones.createProtections(zoneId, [entry]);
    expect(zones.createProtections(zoneId, [entry])).toMatchObject({
      code: 'ProtectionAlreadyExists',
      httpStatus: 409,
    });
    expect(zones.createProtections(zoneId, [entry, { ...entry, type: 'A' }])).toMatchObject({
      code: 'InvalidResourceRecordSetProtectionBatch',
      entries: [{ ...entry, code: 'ProtectionAlreadyExists' }],
    });
    expect(zones.createProtections(zoneId, [{ ...entry, name: 'www.other.com' }])).toMatchObject({
      code: 'InvalidResourceRecordSetProtectionBatch',
      entries: [{ name: 'www.other.com', code: 'InvalidInput' }],
    });
    expect(zones.deleteProtections(zoneId, [entry, { ...entry, type: 'A' }])).toMatchObject({
      entries: [{ type: 'A', code: 'ProtectionNotFound' }],
    });
    expect(zones.protections(zoneId)).toEqual([entry]);
  });
});
