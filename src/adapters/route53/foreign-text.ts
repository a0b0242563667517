const maxLength = 2000;
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu;
/** Access key ids (IAM User Guide, "IAM identifiers"), and unbroken base64 longer than any DNS label: session tokens. */
const secrets = /\b(AKIA|ASIA)[A-Z0-9]{12,}\b|[A-Za-z0-9+/=]{64,}/g;

/**
 * Text from outside, fit for a message: without control and direction characters, at most 2,000 characters, and without
 * anything that looks like the credentials of the request, should a server send them back.
 */
export function foreignText(text: string): string {
  const clean = text.replace(unprintable, ' ').replace(secrets, '(hidden)').trim();
  return clean.length > maxLength ? `${clean.slice(0, maxLength)}...` : clean;
}
