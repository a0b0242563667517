/** One of several answers. */
export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly hint?: string;
}

/** Questions to a person. Each resolves with the answer, or null when the person gives up. */
export interface Prompts {
  choose(message: string, choices: readonly Choice[]): Promise<string | null>;
  /** `fault` says what is wrong with an answer, or null. */
  text(message: string, fault: (answer: string) => string | null): Promise<string | null>;
  confirm(message: string): Promise<boolean | null>;
  note(text: string): void;
}

/** On the terminal of this process; loaded when the first question is asked. */
export async function terminalPrompts(): Promise<Prompts> {
  const clack = await import('@clack/prompts');
  return {
    choose: async (message, choices) => {
      const options = choices.map((choice) => ({ ...choice }));
      const answer = await clack.select({ message, options, maxItems: 12 });
      return clack.isCancel(answer) ? null : answer;
    },
    text: async (message, fault) => {
      const validate = (typed: string | undefined): string | undefined => fault(typed ?? '') ?? undefined;
      const answer = await clack.text({ message, validate });
      return clack.isCancel(answer) ? null : answer;
    },
    confirm: async (message) => {
      const answer = await clack.confirm({ message, initialValue: false });
      return clack.isCancel(answer) ? null : answer;
    },
    note: (text) => clack.log.info(text),
  };
}
