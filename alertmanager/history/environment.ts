import { readVariables, type Reader, type Variables } from '../../exporters/common/environment.ts';
import type { AppwriteProject } from './appwrite/table.ts';
import type { TwilioAccount } from './twilio.ts';

/** The service's settings. */
export interface Environment {
  readonly port: number;
  readonly dataDir: string;
  readonly runbooksDir: string;
  /** Where Alertmanager answers what still fires. */
  readonly alertmanagerUrl: string;
  /** Where Prometheus answers what is pending. */
  readonly prometheusUrl: string;
  readonly retentionDays: number;
  /** Where alerts are kept instead of the file; undefined where they are in the file. */
  readonly appwrite: (Omit<AppwriteProject, 'apiKey'> & { readonly keyFile: string }) | undefined;
  /** Where SMS go; undefined where none is set up. */
  readonly twilio: TwilioAccount | undefined;
}

/** Reads the environment. Throws an `EnvironmentError` that names all that is wrong. */
export function readEnvironment(variables: Variables): Environment {
  return readVariables(variables, (reader) => ({
    port: reader.wholeNumber('PORT', 9095, 65_535),
    dataDir: reader.text('DATA_DIR', '/data'),
    runbooksDir: reader.text('RUNBOOKS_DIR', '/runbooks'),
    alertmanagerUrl: reader.text('ALERTMANAGER_URL', 'http://alertmanager:9093'),
    prometheusUrl: reader.text('PROMETHEUS_URL', 'http://prometheus:9090'),
    retentionDays: reader.wholeNumber('HISTORY_RETENTION_DAYS', 365, 3650),
    appwrite: reader.text('HISTORY_STORE', 'sqlite') === 'appwrite' ? appwriteOf(reader) : undefined,
    twilio: twilioOf(reader),
  }));
}

function appwriteOf({ text, matching }: Reader): Environment['appwrite'] {
  return {
    endpoint: matching('APPWRITE_ENDPOINT', '', /^https?:\/\//, 'an address such as https://cloud.appwrite.io/v1').replace(/\/$/, ''),
    projectId: matching('APPWRITE_PROJECT_ID', '', /./, 'the id of a project'),
    databaseId: text('APPWRITE_DATABASE_ID', 'pharos'),
    keyFile: text('APPWRITE_API_KEY_FILE', '/run/secrets/appwrite_api_key'),
  };
}

function twilioOf({ text, list }: Reader): TwilioAccount | undefined {
  const [accountSid, from, to] = [text('TWILIO_ACCOUNT_SID', ''), text('TWILIO_FROM', ''), list('SMS_TO')];
  if (accountSid === '' || from === '' || to.length === 0) return undefined;
  const url = text('TWILIO_URL', 'https://api.twilio.com');
  return { url, accountSid, tokenFile: text('TWILIO_AUTH_TOKEN_FILE', '/run/secrets/twilio_auth_token'), from, to };
}
