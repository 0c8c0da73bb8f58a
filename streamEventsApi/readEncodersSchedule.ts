import { IvsClient } from '@aws-sdk/client-ivs';
import { oneTry } from '../ivs/clientSettings.ts';
import { encoderSchedule } from '../model/functions.ts';
import { databaseFrom } from '../store/database.ts';
import { ivsSessions } from './ivsSessions.ts';
import { lambdaPorts } from './lambda.ts';
import { readNewEncoders } from './readEncoders.ts';

const ports = lambdaPorts();
const dependencies = {
  ...ports,
  database: databaseFrom(process.env, ['channels', 'streams']),
  ivs: ivsSessions(new IvsClient(oneTry), encoderSchedule.callIntervalMs),
};

/** Called by the schedule every minute. Returns how many configurations were stored. */
export const handler = (): Promise<number> =>
  ports.invocation(() => readNewEncoders(dependencies, encoderSchedule.calls));
