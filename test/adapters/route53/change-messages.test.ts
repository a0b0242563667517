import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeMessages, isConflict } from '../../../src/adapters/route53/change-messages.js';

const deleted =
  "Tried to delete resource record set [name='test.example.com.', type='CNAME'] but the values provided do not match the current values";
const created =
  "Tried to create resource record set [name='test.example.com.', type='CNAME', set-identifier='a, b'] but it already exists";
const missing =
  "Tried to delete resource record set [name='test.example.com.', type='TXT'] but it was not found";
const nonWeighted =
  'RRSet with DNS name a.example.com., type CNAME, SetIdentifier s cannot be created as a non-weighted set exists with the same name and type.';
const known = [
  deleted,
  created,
  missing,
  nonWeighted,
  'RRSet of type CNAME with DNS name a.example.com. is not permitted at apex in zone example.com.',
  "The request contains an invalid set of changes for a resource record set 'CNAME a.example.com.'",
  "Invalid Resource Record: FATAL problem: ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address) encountered with 'x'",
  "FATAL problem: UnsupportedCharacter (Value contains unsupported characters) encountered with '['",
  "Duplicate Resource Record: '1.2.3.4'",
  'A HostedZone must contain exactly one SOA record.',
  'Number of records limit of 1000 exceeded.',
  'RDATA character limit of 32000 exceeded.',
  'Exceeded limit MAX_RRSETS_BY_ZONE for zone: Z1',
];

describe('the message list of a refused batch', () => {
  it('is split where a known message begins, not at the commas and brackets inside messages', () => {
    expect(changeMessages(`[${deleted}, ${created}]`)).toEqual([deleted, created]);
  });

  it('gives back any list of known messages', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...known), { minLength: 1, maxLength: 8 }), (messages) => {
        expect(changeMessages(`[${messages.join(', ')}]`)).toEqual(messages);
      }),
    );
  });

  it('keeps an unknown message whole, with the one before it', () => {
    expect(changeMessages(`[${deleted}, Something new, with commas]`)).toEqual([
      `${deleted}, Something new, with commas`,
    ]);
  });

  it('reads a single message without brackets, even when it ends in one', () => {
    expect(changeMessages(missing)).toEqual([missing]);
    expect(changeMessages('Tried to do [this]')).toEqual(['Tried to do [this]']);
  });

  it('has no messages for an empty text or list', () => {
    expect(changeMessages('')).toEqual([]);
    expect(changeMessages('[]')).toEqual([]);
  });
});

describe('a conflict', () => {
  it('is a refusal where every message says that the zone is not as assumed', () => {
    expect(isConflict([deleted])).toBe(true);
    expect(isConflict([missing, created])).toBe(true);
    expect(isConflict([missing, nonWeighted])).toBe(true);
  });

  it.each([
    'RRSet of type CNAME with DNS name a.b. is not permitted as it conflicts with other records with the same DNS name in zone b.',
    'RRSet of type A with DNS name a.b. is not permitted because a conflicting RRSet of type CNAME with the same DNS name already exists in zone b.',
    'RRSet of type  A with DNS name a.b. is not permitted because a conflicting RRSet of type  CNAME with the same DNS name already exists in zone b.',
    'RRSet with DNS name a.b., type CNAME cannot be created as other RRSets exist with the same name and type.',
    'RRSet with DNS name a.b. and type CNAME, SetIdentifier s cannot be created as weighted sets must contain the same TTL.',
  ])('can be about records somebody else put there: %s', (message) => {
    expect(isConflict([message])).toBe(true);
  });

  it.each([
    [[]],
    [['RRSet of type CNAME with DNS name b. is not permitted at apex in zone b.']],
    [[deleted, "Duplicate Resource Record: '1.2.3.4'"]],
    [[`${deleted}, and something new`]],
    [['Tried to create an alias that targets x., type A in zone Z, but that target was not found']],
    [["The request contains an invalid set of changes for a resource record set 'CNAME a.b.'"]],
  ])('is not a batch that is wrong in itself: %j', (messages) => {
    expect(isConflict(messages)).toBe(false);
  });
});
