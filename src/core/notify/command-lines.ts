import { displayName } from '../record-name.js';
import { shellWord } from '../shell-words.js';
import type { Message } from './message.js';

/** Where the controller that tells is, so that its commands can be typed there. */
export interface ControllerPlace {
  readonly machine: string;
  readonly stateDirectory: string;
}

/** One thing to do, and the lines to type for it. */
export interface CommandLines {
  readonly does: string;
  readonly here: string;
  readonly anywhere: string | null;
}

/** The commands of a message with the state directory in them, so that they work whatever the shell's directory is. */
export function commandLines(message: Message, place: ControllerPlace): readonly CommandLines[] {
  const program = programAt(place);
  return message.commands.map(({ does, here, anywhere }) => ({
    does,
    here: here.replace(/^shiftctl/, () => program),
    anywhere,
  }));
}

/** The newest entry of the journal when the message was sent. */
export interface MessageHead {
  readonly sequence: number;
  /** SHA-256, hex. */
  readonly hash: string;
}

/** The line that tells later whether the journal still is the one that this message was sent from. */
export function verifyLine(
  { migrationId }: Message,
  place: ControllerPlace,
  { sequence, hash }: MessageHead,
): string {
  return `${programAt(place)} history ${migrationId} --verify --head ${sequence}:${hash}`;
}

/** `www.example.com, api.example.com`. */
export function hostList(message: Message): string {
  return message.hosts.map((host) => displayName(host)).join(', ');
}

function programAt({ stateDirectory }: ControllerPlace): string {
  return `shiftctl --state-dir ${shellWord(stateDirectory)}`;
}
