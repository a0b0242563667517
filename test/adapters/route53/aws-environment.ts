/** Credentials no other text contains, in the shapes AWS gives out, so that a leak of any of them is found. */
export const canary = {
  accessKeyId: 'ASIACANARYCANARY2345',
  secretAccessKey: 'c4n4rySecretKey/+abcdefghijklmnopqrstuvw',
  sessionToken: `FwoGZXIvYXdzEcanary${'Token/0123456789+'.repeat(12)}==`,
};

/** Makes this test process independent of the machine's own AWS settings. Test files run in processes of their own. */
export function useCanaryCredentials(): void {
  for (const name of Object.keys(process.env))
    if (name.startsWith('AWS_')) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: canary.accessKeyId,
    AWS_SECRET_ACCESS_KEY: canary.secretAccessKey,
    AWS_SESSION_TOKEN: canary.sessionToken,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  });
}

export function useNoCredentials(): void {
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']) {
    Reflect.deleteProperty(process.env, name);
  }
}
