import {
  commandLines,
  hostList,
  verifyLine,
  type ControllerPlace,
  type MessageHead,
} from './command-lines.js';
import type { Message } from './message.js';

/** Slack refuses longer ones (Slack API, Block Kit, "Header block" and "Section block"). */
const maxHeader = 150;
const maxSection = 3_000;

/** The body for a Slack incoming webhook: a header, the reason, what happens now, the numbers, and what to type. */
export function slackMessage(message: Message, place: ControllerPlace, head: MessageHead): object {
  const glyph = message.severity === 'page' ? '🔴' : '🔵';
  const headline = `${glyph} ${message.headline}`;
  const commands = commandLines(message, place).map(({ does, here, anywhere }) =>
    [
      `*To ${does}*, on ${escaped(place.machine)}:`,
      code(here),
      ...(anywhere === null ? [] : ['or anywhere with AWS credentials:', code(anywhere)]),
    ].join('\n'),
  );
  const about = `${hostList(message)} | ${message.share} % at the target | migration ${message.migrationId}, entry ${message.sequence}`;
  return {
    text: escaped(`${headline}: ${message.because}`),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cut(headline, maxHeader), emoji: true } },
      section(escaped(message.because)),
      ...(message.next === null ? [] : [section(`*Now* ${escaped(message.next)}`)]),
      ...(message.numbers.length === 0
        ? []
        : [section(message.numbers.map((line) => `• ${escaped(line)}`).join('\n'))]),
      ...(commands.length === 0 ? [] : [section(commands.join('\n'))]),
      context(about),
      context(`to check the journal later: ${verifyLine(message, place, head)}`),
    ],
  };
}

function context(text: string): object {
  return { type: 'context', elements: [{ type: 'mrkdwn', text: cut(escaped(text), maxSection) }] };
}

function section(text: string): object {
  return { type: 'section', text: { type: 'mrkdwn', text: cut(text, maxSection) } };
}

function code(line: string): string {
  return `\`\`\`${escaped(line)}\`\`\``;
}

/** The three characters that Slack gives a meaning (Slack API, "Formatting text for app surfaces"); with them gone no text can mention or link. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
