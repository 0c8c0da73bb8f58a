/** A wrong behavior, as edits of the source: of `find`, which must be in `file` exactly once, `replace` takes the place. */
export interface PlantedBug {
  readonly name: string;
  readonly edits: readonly { readonly file: string; readonly find: string; readonly replace: string }[];
}

const bug = (name: string, file: string, find: string, replace: string): PlantedBug => ({
  name,
  edits: [{ file, find, replace }],
});

// A condition that always holds is written with the values that it had: DynamoDB refuses values that nothing uses.
const anyVersion = "'#version = :read OR #version <> :read'";

/** What `make test-faults` must find. `make test-proof` tries each. */
export const plantedBugs: readonly PlantedBug[] = [
  bug(
    'a lifecycle event writes the channel whatever its version',
    'store/channels.ts',
    'return { Update: changesOf(names.channels, channel, { ...channel, ...state, updatedAt: now }) };',
    `const change = changesOf(names.channels, channel, { ...channel, ...state, updatedAt: now });
  return { Update: { ...change, ConditionExpression: ${anyVersion} } };`,
  ),
  bug(
    'an event writes a session whatever its version',
    'store/streams.ts',
    "ConditionExpression: '#version = :read',",
    `ConditionExpression: ${anyVersion},`,
  ),
  bug(
    'a new session replaces one that is there by now',
    'store/streams.ts',
    "Item, ConditionExpression: 'attribute_not_exists(id)' } };",
    'Item } };',
  ),
  bug(
    'an event is added to the timeline whether it is there or not',
    'store/streamEvents.ts',
    "Item: event, ConditionExpression: 'attribute_not_exists(id)' },",
    'Item: event },',
  ),
  bug(
    'a session that begins does not take isOpen from the older one',
    'streamEventsApi/settle.ts',
    '.filter(([was, is]) => was.isOpen !== is.isOpen || was.endedAt !== is.endedAt)',
    '.filter(([was, is]) => was.isOpen === is.isOpen && was.endedAt !== is.endedAt)',
  ),
  bug(
    'a stream that starves is healthy',
    'streamEventsApi/session.ts',
    'isHealthy: evidence.health?.healthy !== false,',
    'isHealthy: true,',
  ),
  bug(
    'who publishes on a stage is written whatever its version',
    'store/stages.ts',
    `  const update = setAll({ isLive, publishedParticipants, version: stage.version + 1, updatedAt: now });
  return {
    Update: {
      TableName: names.stages,
      Key: { id: stage.id },
      ...update,
      ConditionExpression: '#version = :read',`,
    `  const update = setAll({ isLive, publishedParticipants, version: stage.version + 1, updatedAt: now });
  return {
    Update: {
      TableName: names.stages,
      Key: { id: stage.id },
      ...update,
      ConditionExpression: ${anyVersion},`,
  ),
  bug(
    'invitations to a stage are written whatever its version',
    'store/stages.ts',
    `  const update = setAll({ invitations, version: stage.version + 1, updatedAt: now });
  return {
    Update: {
      TableName: names.stages,
      Key: { id: stage.id },
      ...update,
      ConditionExpression: '#version = :read',`,
    `  const update = setAll({ invitations, version: stage.version + 1, updatedAt: now });
  return {
    Update: {
      TableName: names.stages,
      Key: { id: stage.id },
      ...update,
      ConditionExpression: ${anyVersion},`,
  ),
  bug(
    'the reconciler leaves open what IVS no longer streams',
    'streamEventsApi/reconcile.ts',
    'const ghosts = open.filter(stream => !listed.has(stream.id) && isSettled(stream));',
    'const ghosts = open.filter(stream => !listed.has(stream.id) && !isSettled(stream));',
  ),
  bug(
    'a sign-up takes a name that is somebody’s',
    'store/userCreation.ts',
    `          Item: name,
          ConditionExpression: 'attribute_not_exists(usernameKey)',`,
    '          Item: name,',
  ),
  {
    name: 'a sign-up ignores the lease and the version of another one',
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
    'a rename takes a name that is somebody’s',
    'store/renames.ts',
    "Item, ConditionExpression: 'attribute_not_exists(usernameKey)' },",
    'Item },',
  ),
  bug(
    'a follow is counted that was there already',
    'store/follows.ts',
    "Item: row, ConditionExpression: 'attribute_not_exists(userId)' } },",
    'Item: row } },',
  ),
  bug(
    'an unfollow is counted that was not there',
    'store/follows.ts',
    "ConditionExpression: 'attribute_exists(userId)',",
    "ConditionExpression: 'attribute_exists(userId) OR attribute_not_exists(userId)',",
  ),
  bug(
    'a user who is gone follows, or is followed',
    'store/follows.ts',
    `      activeUser(database, userId),
      activeUser(database, channel.userId),`,
    '',
  ),
  bug(
    'a refresh token is replaced whichever is good by now',
    'store/sessions.ts',
    "ConditionExpression: 'tokenHash IN (:from, :to)',",
    "ConditionExpression: 'tokenHash IN (:from, :to) OR attribute_exists(id)',",
  ),
  bug(
    'a sign-in begins for a user who is gone',
    'domain/accounts/sessions.ts',
    '[putSession(database, session), hasSamePassword(database, user)]',
    '[putSession(database, session)]',
  ),
  bug(
    'one of two guesses at once is not counted',
    'store/rateLimits.ts',
    "ConditionExpression: '#count = :count AND #until = :until',",
    "ConditionExpression: '#count = :count OR #until = :until',",
  ),
  {
    name: 'a stream key is put on record by who lost the lease',
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
    'a deletion forgets the bans of the channel',
    'domain/accounts/deletionRows.ts',
    "  await drain(removeRows(database, 'bans', inChannel), budget);",
    '',
  ),
  bug(
    'a deletion leaves the user among the followers of others',
    'domain/accounts/deletion.ts',
    '      await removeFollowing(database, clock, user.id, budget);',
    '',
  ),
  bug('who is being deleted bans somebody', 'store/bans.ts', '      activeUser(database, ban.by),', ''),
  bug(
    'what DynamoDB did not process of a batch is given up',
    'store/batchWrite.ts',
    '    return { left };',
    '    return { left: left.slice(batch.length) };',
  ),
  bug(
    'deleteSeed leaves a part of the index out',
    'store/removeSeedRows.ts',
    'seedShards.flatMap(shard =>',
    'seedShards.slice(1).flatMap(shard =>',
  ),
  bug(
    'chat is archived into a room that is deleted',
    'store/chatMessages.ts',
    "const ConditionExpression = 'attribute_exists(id)';",
    "const ConditionExpression = 'attribute_exists(id) OR attribute_not_exists(id)';",
  ),
  bug(
    'a message that is archived already is counted again',
    'store/chatMessages.ts',
    "const ConditionExpression = 'attribute_not_exists(id)';",
    "const ConditionExpression = 'attribute_not_exists(id) OR attribute_exists(id)';",
  ),
  bug(
    'a viewer is counted with every sample of a minute',
    'store/viewerSamples.ts',
    "ConditionExpression: 'attribute_not_exists(viewer)',",
    "ConditionExpression: 'attribute_not_exists(viewer) OR attribute_exists(viewer)',",
  ),
];
