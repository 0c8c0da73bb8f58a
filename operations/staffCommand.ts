import { targetStack } from '../model/localEndpoint.ts';
import { toTimestamp } from '../model/time.ts';
import { CommandError, readFlag, readRequired } from '../model/variables.ts';
import { documentClient } from '../store/database.ts';
import { describeStack } from '../store/stackOutputs.ts';
import { setStaff } from '../store/users.ts';
import type { Command } from './command.ts';

/**
 * `make staff`: gives the staff role to the user with the name `USER`, or takes it with `REMOVE=1`. Only this command
 * changes the role: the API has no route for it.
 *
 * @returns 0 when the user has the role, or with `REMOVE=1` does not have it
 */
export const staffCommand: Command = async ({ environment, out }) => {
  const username = readRequired(environment, 'USER', 'a username', 'make staff USER=ann');
  const isStaff = !readFlag(environment, 'REMOVE');
  const stack = targetStack(environment);
  const { names, region } = await describeStack(stack);
  const database = { client: documentClient({ region }), names };
  try {
    const user = await setStaff(database, username, isStaff, toTimestamp(new Date()));
    if (user === undefined)
      throw new CommandError(`USER: ${stack} has no active user with the name ${JSON.stringify(username)}`);
    out(`${stack}: ${user.username} (user id ${user.id}) ${isStaff ? 'is' : 'is not'} a member of staff`);
    return 0;
  } finally {
    database.client.destroy();
  }
};
