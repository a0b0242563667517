/** Why a request ended although Heroku did answer something. */
export class AnswerError extends Error {
  readonly statusCode: number | undefined;

  constructor(message: string, statusCode: number | undefined) {
    super(message);
    this.statusCode = statusCode;
  }
}
