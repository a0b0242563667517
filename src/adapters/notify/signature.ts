import { createHmac } from 'node:crypto';
import { err, ok, type Result } from '../../core/result.js';

/** Secrets of 24 to 64 bytes (Standard Webhooks specification, "Signature scheme"). */
const leastBytes = 24;
const mostBytes = 64;

/**
 * The headers that sign a body as the Standard Webhooks specification says: `v1,` and the base64 HMAC-SHA256 of id, timestamp and body
 * under the secret, which is base64 after `whsec_`.
 *
 * @param id the same for every try of one message
 * @param timestampSeconds when this try is made, since the epoch
 */
export function signatureHeaders(
  secret: string,
  id: string,
  timestampSeconds: number,
  body: string,
): Result<Readonly<Record<string, string>>, string> {
  const text = secret.replace(/^whsec_/, '');
  const key = Buffer.from(text, 'base64');
  const isBase64 = /^[A-Za-z0-9+/]+={0,2}$/.test(text);
  if (!isBase64 || key.length < leastBytes || key.length > mostBytes)
    return err(`the webhook secret is not whsec_ and ${leastBytes} to ${mostBytes} bytes in base64`);
  const signature = createHmac('sha256', key).update(`${id}.${timestampSeconds}.${body}`).digest('base64');
  return ok({ ...plainHeaders(id, timestampSeconds), 'webhook-signature': `v1,${signature}` });
}

/** Those of a webhook without a secret. */
export function plainHeaders(id: string, timestampSeconds: number): Readonly<Record<string, string>> {
  return { 'webhook-id': id, 'webhook-timestamp': String(timestampSeconds) };
}
