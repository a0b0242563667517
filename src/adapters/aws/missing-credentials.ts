/**
 * What to type when the credential chain of the AWS SDK ends without credentials. Its own text is read for the one case that has a better
 * answer than the general one, and only the name of a profile is repeated from it.
 *
 * @param message of a CredentialsProviderError or TokenProviderError
 * @param profile of AWS_PROFILE, which the text does not always name
 */
export function missingCredentials(message: string, profile: string | undefined): string {
  const named =
    /profile[=:] ?\[?([\w.+@/-]{1,64})\]?/.exec(message)?.[1] ??
    /^[\w.+@/-]{1,64}$/.exec(profile ?? '')?.[0] ??
    '';
  if (/sso/i.test(message)) {
    const login = named === '' || named === 'default' ? 'aws sso login' : `aws sso login --profile ${named}`;
    return `the AWS sign-in session (SSO) has ended, or there never was one; type: ${login}`;
  }
  const looked = named === '' ? '' : ` (looked for profile ${named})`;
  return (
    `no usable AWS credentials were found${looked}; ` +
    'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, ' +
    'or sign in again with `aws sso login`'
  );
}
