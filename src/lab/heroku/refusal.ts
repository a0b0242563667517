/** A request the Platform API does not carry out, in the shape of its error bodies. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly id: string;
  /** The kind of thing that was not found, where the API names it. */
  readonly resource: string | undefined;
  readonly url: string | undefined;

  constructor(status: number, id: string, message: string, more: { resource?: string; url?: string } = {}) {
    super(message);
    this.status = status;
    this.id = id;
    this.resource = more.resource;
    this.url = more.url;
  }

  body(): Readonly<Record<string, string>> {
    return {
      ...(this.resource === undefined ? {} : { resource: this.resource }),
      id: this.id,
      message: this.message,
      ...(this.url === undefined ? {} : { url: this.url }),
    };
  }
}

export function notFound(resource: string): Refusal {
  return new Refusal(404, 'not_found', `Couldn't find that ${resource}.`, { resource });
}
