/** Why CloudWatch would not do what was asked. */
export class CloudWatchRefusal extends Error {
  /** The code of the Query protocol, for instance `InvalidParameterValue`. */
  readonly code: string;
  readonly httpStatus: number;

  constructor(code: string, message: string, httpStatus = 400) {
    super(message);
    this.code = code;
    this.httpStatus = httpStatus;
  }
}

/** What GetMetricData says of a request it does not take. Public text: influxdata/telegraf#5420, elastic/beats#32687. */
export function validationError(messages: readonly string[]): CloudWatchRefusal {
  return new CloudWatchRefusal('ValidationError', messages.join('\n'));
}

/** What the older operations say of it. Public text: influxdata/telegraf#2022. */
export function invalidParameterValue(message: string): CloudWatchRefusal {
  return new CloudWatchRefusal('InvalidParameterValue', message);
}

export function missingParameter(path: string): CloudWatchRefusal {
  return new CloudWatchRefusal('MissingParameter', `The parameter ${path} is required.`);
}
