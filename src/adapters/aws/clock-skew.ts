/** The two times in AWS's text: when the request was signed, and what time it is at AWS, five minutes of tolerance taken off or added. */
const bothTimes =
  /Signature (?:expired|not yet current): (\d{8}T\d{6}Z) is [a-z ]{1,40} \d{8}T\d{6}Z \((\d{8}T\d{6}Z) [+-] 5 min\.?\)/;

const skewNames = ['RequestTimeTooSkewed', 'RequestInTheFuture', 'RequestExpired'];

/**
 * What a refusal for the time of the request means: not that a key is wrong. Null for every other refusal. Only times are repeated from AWS's text,
 * because the rest of it may hold parts of the request.
 */
export function clockSkew(name: string, message: string): string | null {
  const isTime = skewNames.includes(name) || /^Signature (expired|not yet current): /.test(message);
  if (!isTime) return null;
  const [, signed, server] = bothTimes.exec(message) ?? [];
  const byMs = signed === undefined || server === undefined ? null : epochMs(signed) - epochMs(server);
  const far =
    byMs === null
      ? 'more than 5m away from'
      : `${minutes(Math.abs(byMs))} ${byMs < 0 ? 'behind' : 'ahead of'}`;
  return `AWS refused the signature because this machine's clock is ${far} Amazon's (${name}); no key is wrong: check this machine's clock, and set it with timedatectl set-ntp true or chronyd`;
}

/** `20231114T221320Z`, the basic form of ISO 8601. */
function epochMs(basic: string): number {
  const [, date, time] = /^(\d{8})T(\d{6})Z$/.exec(basic) ?? [];
  if (date === undefined || time === undefined) return NaN;
  const day = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`;
  return Date.parse(`${day}T${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4)}Z`);
}

function minutes(ms: number): string {
  return `${Math.round(ms / 60_000)}m`;
}
