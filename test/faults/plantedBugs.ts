/** A bug as edits of the source: `find`, which must be in `file` exactly once, is replaced by `replace`. */
export interface PlantedBug {
  readonly name: string;
  readonly edits: readonly { readonly file: string; readonly find: string; readonly replace: string }[];
}

const bug = (name: string, file: string, find: string, replace: string): PlantedBug => ({
  name,
  edits: [{ file, find, replace }],
});

// A condition that is always true. It keeps all values of the original, because DynamoDB refuses unused ones.
const anyVersion = "'#version = :read OR #version <> :read'";

/** The bugs that `make test-faults` must find. `make test-proof` tries each. */
export const plantedBugs: readonly PlantedBug[] = [
  bug(
    'a lifecycle event writes the channel without checking its version',
    'store/channels.ts',
    'return { Update: changesOf(names.channels, channel, after, removed) };',
    `const change = changesOf(names.channels, channel, after, removed);
  return { Update: { ...change, ConditionExpression: ${anyVersion} } };`,
  ),
  bug(
    'an event writes a session without checking its version',
    'store/streams.ts',
    "ConditionExpression: '#version = :read',",
    `ConditionExpression: ${anyVersion},`,
  ),
  bug(
    'a new session overwrites an existing one',
    'store/streams.ts',
    "Item, ConditionExpression: 'attribute_not_exists(id)' } };",
    'Item } };',
  ),
  bug(
    'a repeated event overwrites its row in the timeline',
    'store/streamEvents.ts',
    "Item: event, ConditionExpression: 'attribute_not_exists(id)' },",
    'Item: event },',
  ),
  bug(
    'a new session leaves the older one open',
    'streamEventsApi/channelSessions.ts',
    '.filter(([was, is]) => was.isOpen !== is.isOpen || was.endedAt !== is.endedAt)',
    '.filter(([was, is]) => was.isOpen === is.isOpen && was.endedAt !== is.endedAt)',
  ),
  bug(
    'a starving stream counts as healthy',
    'streamEventsApi/session.ts',
    'isHealthy: evidence.health?.healthy !== false,',
    'isHealthy: true,',
  ),
  bug(
    'the publishers on a stage are written without checking the version of the stage',
    'store/stages.ts',
    `    version: stage.version + 1,
    updatedAt: now,
  });
  return {
    Update: {
      TableName: names.stages,
      Key: { id: stage.id },
      ...update,
      ConditionExpression: '#version = :read',`,
    `    version: stage.version + 1,
    updatedAt: now,
  });
  return {
    Update: {
      TableName: names.stages,
      Key: { id: stage.id },
      ...update,
      ConditionExpression: ${anyVersion},`,
  ),
  bug(
    'invitations to a stage are written without checking the version of the stage',
    'store/stages.ts',
    `  const update = setAll({ ...guests, ...changed, version, updatedAt: now });
  return {
    Update: {
      TableName: names.stages,
      Key: { id: stage.id },
      ...update,
      ConditionExpression: '#version = :read',`,
    `  const update = setAll({ ...guests, ...changed, version, updatedAt: now });
  return {
    Update: {
      TableName: names.stages,
      Key: { id: stage.id },
      ...update,
      ConditionExpression: ${anyVersion},`,
  ),
  bug(
    'the reconciler leaves sessions open that IVS no longer streams',
    'streamEventsApi/reconcile.ts',
    'const ghosts = open.filter(stream => !listed.has(stream.id) && isSettled(stream));',
    'const ghosts = open.filter(stream => !listed.has(stream.id) && !isSettled(stream));',
  ),
  bug(
    'a sign-up takes the name of another user',
    'store/userCreation.ts',
    'takeName(database, user, user.usernameKey, user.createdAt),',
    '{ Put: { TableName: database.names.usernames, Item: { usernameKey: user.usernameKey, userId: user.id, createdAt: user.createdAt, updatedAt: user.createdAt } } },',
  ),
  {
    name: 'a sign-up ignores the lease and the version of a concurrent sign-up',
    edits: [
      {
        file: 'domain/accounts/signUp.ts',
        find: 'if (user.leaseUntil !== undefined && user.leaseUntil > time) throw inProgress();',
        replace: '',
      },
      {
        file: 'store/userCreation.ts',
        find: "const OWNS_LEASE = '#status = :creating AND #version = :read';",
        replace: "const OWNS_LEASE = '#status = :creating AND (#version = :read OR #version <> :read)';",
      },
    ],
  },
  bug(
    'a rename takes the name of another user',
    'domain/accounts/profileChange.ts',
    'item: takeName(database, user, name.usernameKey, now),',
    `item: { Put: { TableName: database.names.usernames, Item: { usernameKey: name.usernameKey, userId: user.id, createdAt: now, updatedAt: now } } },`,
  ),
  bug(
    'a rename takes a name that is kept for the user who gave it up',
    'store/usernames.ts',
    "'attribute_not_exists(usernameKey) OR heldUntil <= :now'",
    "'attribute_not_exists(usernameKey) OR attribute_exists(heldUntil) OR heldUntil <= :now'",
  ),
  bug(
    'the name of a deleted user is free at once',
    'store/userDeletion.ts',
    'user.channelId === undefined ? freeName',
    'user.channelId !== undefined ? freeName',
  ),
  bug(
    'a repeated follow is counted again',
    'store/follows.ts',
    "Item: row, ConditionExpression: 'attribute_not_exists(userId)' } },",
    'Item: row } },',
  ),
  bug(
    'an unfollow without a follow is counted',
    'store/follows.ts',
    "ConditionExpression: 'attribute_exists(userId)',",
    "ConditionExpression: 'attribute_exists(userId) OR attribute_not_exists(userId)',",
  ),
  bug(
    'a deleted user follows or is followed',
    'store/follows.ts',
    `      activeUser(database, userId),
      activeUser(database, channel.userId),`,
    '',
  ),
  bug(
    'a refresh token is replaced without checking the stored one',
    'store/sessions.ts',
    "ConditionExpression: '#tokenHash IN (:from, :tokenHash)',",
    "ConditionExpression: '#tokenHash IN (:from, :tokenHash) OR attribute_exists(id)',",
  ),
  bug(
    'a sign-in starts for a deleted user',
    'domain/accounts/sessions.ts',
    '[putSession(database, session), hasSamePassword(database, user)]',
    '[putSession(database, session)]',
  ),
  bug(
    'one of two concurrent guesses is not counted',
    'store/rateLimits.ts',
    "ConditionExpression: '#count = :count AND #until = :until',",
    "ConditionExpression: '#count = :count OR #until = :until',",
  ),
  {
    name: 'a request without the lease stores its stream key',
    edits: [
      {
        file: 'domain/streamKey.ts',
        find: 'if (channel.keyLease !== undefined && channel.keyLease.until > now)',
        replace: 'if (channel.keyLease !== undefined && channel.keyLease.until < now)',
      },
      {
        file: 'domain/streamKey.ts',
        find: `    if (channel?.keyLease?.id !== lease) {
      await`,
        replace: `    if (channel === undefined) {
      await`,
      },
    ],
  },
  bug(
    'two requests with one idempotency key are both carried out',
    'store/idempotency.ts',
    "ConditionExpression: 'attribute_not_exists(id) OR expiresAt <= :now',",
    "ConditionExpression: 'attribute_not_exists(id) OR expiresAt <= :now OR expiresAt > :now',",
  ),
  bug(
    'a deletion leaves the bans of the channel',
    'domain/accounts/deletionRows.ts',
    "  await drain(removeRows(database, 'bans', inChannel), budget);",
    '',
  ),
  bug(
    'a deletion leaves the follows of the user',
    'domain/accounts/deletion.ts',
    '      await removeFollowing(database, clock, user.id, budget);',
    '',
  ),
  bug(
    'a user whose account is being deleted bans somebody',
    'store/moderationRules.ts',
    '    owner: activeUser(database, ownerId),',
    '',
  ),
  bug(
    'unprocessed items of a batch are not written again',
    'store/batchWrite.ts',
    '    return { left };',
    '    return { left: left.slice(batch.length) };',
  ),
  bug(
    'deleteSeed skips a part of the index',
    'store/removeSeedRows.ts',
    'seedShards.flatMap(shard =>',
    'seedShards.slice(1).flatMap(shard =>',
  ),
  bug(
    'chat is archived for a deleted room',
    'store/chatMessages.ts',
    "const ConditionExpression = 'attribute_exists(id)';",
    "const ConditionExpression = 'attribute_exists(id) OR attribute_not_exists(id)';",
  ),
  bug(
    'a message that is already archived is counted again',
    'store/chatMessages.ts',
    "const ConditionExpression = 'attribute_not_exists(id)';",
    "const ConditionExpression = 'attribute_not_exists(id) OR attribute_exists(id)';",
  ),
  bug(
    'every sample of a viewer in a minute is counted',
    'store/viewerSamples.ts',
    "ConditionExpression: 'attribute_not_exists(viewer)',",
    "ConditionExpression: 'attribute_not_exists(viewer) OR attribute_exists(viewer)',",
  ),
];
