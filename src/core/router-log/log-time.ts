import { ascii } from './scan.js';

const epochMinute = new DataView(ascii('1970-01-01T00:00').buffer);

/**
 * Reads the time stamps of log lines (RFC 3339 as RFC 5424 narrows it), `2026-11-05T12:34:56.123456+00:00`. Most lines fall
 * into the minute of the line before, so only seconds and below are read again.
 */
export class LogTime {
  readonly #view: DataView;
  /** The text of the minute read last, four bytes a number, and what it means. */
  readonly #minute = Int32Array.from([0, 4, 8, 12], (at) => epochMinute.getInt32(at));
  #minuteMs = 0;
  /** Milliseconds since the epoch, of the stamp read last. */
  ms = 0;

  /** @param view where the stamps stand, at least 40 bytes readable behind the start of each */
  constructor(view: DataView) {
    this.#view = view;
  }

  /** The position behind the stamp that begins at `at`, or -1 when there is none. */
  read(at: number): number {
    const view = this.#view;
    const minute = this.#minute;
    if (
      view.getInt32(at) !== minute[0] ||
      view.getInt32(at + 4) !== minute[1] ||
      view.getInt32(at + 8) !== minute[2] ||
      view.getInt32(at + 12) !== minute[3]
    ) {
      if (!this.#readMinute(at)) return -1;
    }
    const second = this.#pair(at + 17);
    if (view.getUint8(at + 16) !== 0x3a || second > 60) return -1;
    let next = at + 19;
    let millisecond = 0;
    if (view.getUint8(next) === 0x2e) {
      next += 1;
      let scale = 100;
      for (
        let digit = view.getUint8(next) - 0x30;
        digit >= 0 && digit <= 9;
        digit = view.getUint8(next) - 0x30
      ) {
        millisecond += digit * scale;
        scale = scale === 1 ? 0 : Math.floor(scale / 10);
        next += 1;
      }
    }
    this.ms = this.#minuteMs + second * 1000 + millisecond;
    return this.#readOffset(next);
  }

  #readOffset(at: number): number {
    const view = this.#view;
    const sign = view.getUint8(at);
    if (sign === 0x5a) return at + 1;
    if ((sign !== 0x2b && sign !== 0x2d) || view.getUint8(at + 3) !== 0x3a) return -1;
    const hours = this.#pair(at + 1);
    const minutes = this.#pair(at + 4);
    if (hours > 23 || minutes > 59) return -1;
    const offsetMs = (hours * 60 + minutes) * 60_000;
    this.ms -= sign === 0x2b ? offsetMs : -offsetMs;
    return at + 6;
  }

  #readMinute(at: number): boolean {
    const view = this.#view;
    const year = this.#pair(at) * 100 + this.#pair(at + 2);
    const month = this.#pair(at + 5);
    const day = this.#pair(at + 8);
    const hour = this.#pair(at + 11);
    const minute = this.#pair(at + 14);
    const marks =
      view.getUint8(at + 4) === 0x2d &&
      view.getUint8(at + 7) === 0x2d &&
      view.getUint8(at + 10) === 0x54 &&
      view.getUint8(at + 13) === 0x3a;
    if (!marks || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59) {
      return false;
    }
    this.#minuteMs = (daysSinceEpoch(year, month, day) * 1440 + hour * 60 + minute) * 60_000;
    for (let word = 0; word < this.#minute.length; word += 1)
      this.#minute[word] = view.getInt32(at + word * 4);
    return true;
  }

  /** Two digits, or a number too large for every field. */
  #pair(at: number): number {
    const tens = this.#view.getUint8(at) - 0x30;
    const ones = this.#view.getUint8(at + 1) - 0x30;
    return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : 1e6;
  }
}

/** Days of the proleptic Gregorian calendar, by Howard Hinnant's "days_from_civil". */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
