import { describe, expect, it } from 'vitest';
import { foreignText } from '../../../src/adapters/route53/foreign-text.js';

describe('text from outside', () => {
  it('loses characters that could drive a terminal or turn the line around', () => {
    expect(foreignText('a\u001b[31mb\r\nc\u202ed\u0007\u009b')).toBe('a [31mb c d');
  });

  it('is cut to a length a screen can hold', () => {
    expect(foreignText('word '.repeat(1000))).toHaveLength(2003);
  });

  it('keeps DNS names and ARNs, hides key ids and session tokens', () => {
    const kept = `RRSet with DNS name ${'a'.repeat(63)}.example.com. arn:aws:route53:::hostedzone/Z1`;
    expect(foreignText(kept)).toBe(kept);
    expect(foreignText(`key AKIAIOSFODNN7EXAMPLE token ${'FwoGZXIvYXdzE'.repeat(12)}==`)).toBe(
      'key (hidden) token (hidden)',
    );
  });
});
