import { unreachable } from '../result.js';

/** What the Heroku router says went wrong (Heroku Dev Center, "Heroku Error Codes"); H16 and H23 are retired. */
export type RouterCode =
  | 'H10'
  | 'H11'
  | 'H12'
  | 'H13'
  | 'H14'
  | 'H15'
  | 'H17'
  | 'H18'
  | 'H19'
  | 'H20'
  | 'H21'
  | 'H22'
  | 'H24'
  | 'H25'
  | 'H26'
  | 'H27'
  | 'H28'
  | 'H31'
  | 'H32'
  | 'H33'
  | 'H34'
  | 'H80'
  | 'H81'
  | 'H82'
  | 'H83'
  | 'H99';

/**
 * - `ok`, `bad`: the app answered, or should have; both count as requests.
 * - `excluded`: the client's own doing, in neither numerator nor denominator.
 * - `misrouted`: stale DNS or a certificate that does not match, what a botched cutover produces. Not the app's error.
 * - `ambiguous`: the router cannot tell whose fault it was.
 * - `platform`: maintenance, a blank or suspended app, trouble of Heroku itself. Says nothing about the app's quality.
 */
export type RouterVerdict = 'ok' | 'bad' | 'excluded' | 'misrouted' | 'ambiguous' | 'platform';

/** The verdict of a code, whatever the status says: H18 may be logged with status 200. */
export function verdictOfCode(code: RouterCode): Exclude<RouterVerdict, 'ok'> {
  switch (code) {
    case 'H10':
    case 'H11':
    case 'H12':
    case 'H13':
    case 'H14':
    case 'H15':
    case 'H17':
    case 'H18':
    case 'H19':
    case 'H20':
    case 'H21':
    case 'H22':
    case 'H25':
    case 'H34':
      return 'bad';
    case 'H26':
    case 'H27':
    case 'H28':
      return 'excluded';
    case 'H31':
    case 'H32':
      return 'misrouted';
    case 'H24':
    case 'H33':
      return 'ambiguous';
    case 'H80':
    case 'H81':
    case 'H82':
    case 'H83':
    case 'H99':
      return 'platform';
    default:
      return unreachable(code);
  }
}

const codes: readonly RouterCode[] = [
  ...(['H10', 'H11', 'H12', 'H13', 'H14', 'H15', 'H17', 'H18', 'H19', 'H20', 'H21', 'H22'] as const),
  ...([
    'H24',
    'H25',
    'H26',
    'H27',
    'H28',
    'H31',
    'H32',
    'H33',
    'H34',
    'H80',
    'H81',
    'H82',
    'H83',
    'H99',
  ] as const),
];

const verdictByNumber = new Map(codes.map((code) => [Number(code.slice(1)), verdictOfCode(code)]));

/**
 * The verdict of one request.
 *
 * @param code the digits of its H-code, 0 for none. A code this program does not know is judged by what the user saw: a
 *   status from 500 on is an error, anything else is ambiguous.
 * @param status 0 when the router left it blank
 */
export function routerVerdict(code: number, status: number): RouterVerdict {
  if (code !== 0) return verdictByNumber.get(code) ?? (status >= 500 ? 'bad' : 'ambiguous');
  if (status === 0) return 'ambiguous';
  return status >= 500 ? 'bad' : 'ok';
}
