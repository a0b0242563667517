import { err, ok, type Result } from '../result.js';
import { lineFeed, space } from './scan.js';

/** Logplex sends frames of at most about 100 kB; what is larger is not one of them. */
const maxFrameBytes = 1024 * 1024;

export interface DrainFrame {
  /** The messages, each as one line, for `RouterLog.push`. */
  readonly lines: Uint8Array;
  readonly messages: number;
  /** Announced by `Logplex-Msg-Count` and not in the body, or, below zero, more than announced. */
  readonly missing: number;
}

/**
 * Reads the body of one `POST` of logplex to an HTTPS drain: messages with their octet counts in front (RFC 6587, 3.4.1),
 * `83 <158>1 2026-11-05T12:34:56+00:00 host heroku router - ...`. A body that its counts do not describe is refused whole,
 * because nobody knows where its messages begin.
 *
 * @param announced the header `Logplex-Msg-Count`
 */
export function readDrainFrame(body: Uint8Array, announced: number): Result<DrainFrame, string> {
  if (body.length > maxFrameBytes) return err(`the frame is larger than ${maxFrameBytes} bytes`);
  const lines = new Uint8Array(body.length);
  let used = 0;
  let messages = 0;
  for (let at = 0; at < body.length;) {
    const blank = body.indexOf(space, at);
    const count = /^[1-9]\d{0,6}$/.exec(
      String.fromCharCode(...body.subarray(at, Math.min(blank, at + 8))),
    )?.[0];
    if (count === undefined) return err(`message ${messages + 1} does not begin with its length in bytes`);
    const end = blank + 1 + Number(count);
    if (end > body.length || body[end - 1] !== lineFeed) {
      return err(`message ${messages + 1} is not as long as it says (${count} bytes)`);
    }
    // A line feed within a message must not begin a line of its own: clients choose parts of the text.
    const message = body.subarray(blank + 1, end - 1).map((byte) => (byte === lineFeed ? space : byte));
    lines.set(message, used);
    used += message.length;
    lines[used] = lineFeed;
    used += 1;
    messages += 1;
    at = end;
  }
  return ok({ lines: lines.subarray(0, used), messages, missing: announced - messages });
}
