import { refusal } from '../zone/refusal.js';
import type { Refusal } from '../zone/refusal.js';

export type Caller = { readonly kind: 'caller'; readonly accessKeyId: string };

/**
 * Who sends the request. Any signature is accepted, but it must be there and be made for the service (Signature Version 4), so
 * that a client without credentials or with the wrong endpoint shows.
 */
export function readAuthorization(header: string | undefined, wanted = 'route53'): Caller | Refusal {
  if (header === undefined) return refusal('MissingAuthenticationToken', 403, 'Missing Authentication Token');
  const credential =
    /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/\d{8}\/[^/,\s]+\/([^/,\s]+)\/aws4_request,/.exec(header);
  const [, accessKeyId, service] = credential ?? [];
  if (accessKeyId === undefined || !header.includes('SignedHeaders=') || !header.includes('Signature=')) {
    const text = "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters.";
    return refusal('IncompleteSignature', 403, text);
  }
  if (service !== wanted) {
    return refusal(
      'SignatureDoesNotMatch',
      403,
      `Credential should be scoped to correct service: '${wanted}'.`,
    );
  }
  return { kind: 'caller', accessKeyId };
}
