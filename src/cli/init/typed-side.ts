import { parseSide } from '../../core/policy/side-spec.js';
import { hostName, displayName } from '../../core/record-name.js';
import { err, ok, type Result } from '../../core/result.js';
import { safeText } from '../../core/safe-text.js';

/** Names that only Amazon gives: load balancers, API Gateway and the like, CloudFront, App Runner, Global Accelerator. */
const amazons =
  /\.(amazonaws\.com|amazonaws\.com\.cn|cloudfront\.net|awsapprunner\.com|awsglobalaccelerator\.com)\.$/;
const herokus = /\.(herokudns|herokuapp)\.com\.$/;
const maxShown = 200;

/**
 * A side as somebody typed or pasted it, in the form that a migration file holds. A bare name of Amazon's says itself that it is one; any
 * other bare name may be anybody's.
 */
export function typedSide(answer: string): Result<string, string> {
  const text = answer.trim();
  const name = hostName(text);
  const bare = name.ok ? name.value : '';
  if (herokus.test(bare)) {
    const shown = safeText(displayName(bare), maxShown);
    return err(
      `${shown} is a name that Heroku gives; the app's name is wanted, as \`heroku apps\` lists it: heroku:<app>`,
    );
  }
  const side = amazons.test(bare) ? `aws:${text}` : text;
  const parsed = parseSide(side);
  return parsed.ok ? ok(side) : err(parsed.error);
}
