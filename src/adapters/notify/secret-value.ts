import { open } from 'node:fs/promises';
import type { SecretReference } from '../../core/policy/notify-policy.js';
import { err, ok, type Result } from '../../core/result.js';

/** The value of an environment variable, asked for at every call, so that a renewed secret is used. */
export type Variable = (name: string) => string | undefined;

/** Far longer than any URL or key. */
const maxBytes = 8_192;

/** Reads `env:NAME` or `file:/path`, without blanks at its ends. The error names the place and never what stands there. */
export async function secretValue(
  reference: SecretReference,
  variable: Variable,
): Promise<Result<string, string>> {
  const [, kind = '', place = ''] = /^(env|file):(.+)$/s.exec(reference) ?? [];
  if (kind === 'env') {
    const value = variable(place)?.trim() ?? '';
    return value === '' ? err(`the environment variable ${place} is not set`) : ok(value);
  }
  if (kind !== 'file') return err('the policy does not say where the secret is');
  try {
    await using file = await open(place);
    const bytes = Buffer.alloc(maxBytes + 1);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, null);
    const value = bytes.toString('utf8', 0, bytesRead).trim();
    if (bytesRead > maxBytes) return err(`${place} is longer than ${maxBytes} bytes`);
    return value === '' ? err(`${place} is empty`) : ok(value);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return err(`${place} cannot be read (${code})`);
  }
}
