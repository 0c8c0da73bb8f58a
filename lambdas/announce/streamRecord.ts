import type { RowChange } from '../../domain/announcements.ts';
import { announcedChannelRow } from '../../model/channel.ts';
import { announcedStageRow } from '../../model/stage.ts';
import * as z from '../../model/zod.ts';

/** A value that announcements are made from. Values of other types, such as lists, are left out. */
const scalar = z.catch(
  z.optional(
    z.union([
      z.pipe(
        z.object({ S: z.string() }),
        z.transform(({ S }) => S),
      ),
      z.pipe(
        z.object({ N: z.string() }),
        z.transform(({ N }) => Number(N)),
      ),
      z.pipe(
        z.object({ BOOL: z.boolean() }),
        z.transform(({ BOOL }) => BOOL),
      ),
    ]),
  ),
  undefined,
);
const image = z.record(z.string(), scalar);

/**
 * A record of a DynamoDB stream, as Lambda passes it on. The sequence number identifies it.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 */
export const streamRecord = z.object({
  eventSourceARN: z.string(),
  dynamodb: z.object({
    SequenceNumber: z.string(),
    OldImage: z.optional(z.unknown()),
    NewImage: z.optional(z.unknown()),
  }),
});
export type StreamRecord = z.output<typeof streamRecord>;

/** A batch of records of one shard, oldest first. */
export const streamBatch = z.object({ Records: z.array(streamRecord) });
export type StreamBatch = z.output<typeof streamBatch>;

/** The tables whose changes are announced, by their physical names. */
export interface AnnouncedTables {
  readonly channels: string;
  readonly stages: string;
}

/** Returns the key of the changed row, which tells whether two records are about the same row. */
export const rowOf = ({ table, after }: RowChange): string => `${table} ${after.id}`;

/**
 * Parses a record.
 * @returns undefined when a row was created or deleted
 * @throws Error when the record is of another table, or its images are no rows of the table
 */
export function parseRecord(record: StreamRecord, tables: AnnouncedTables): RowChange | undefined {
  const { OldImage, NewImage } = record.dynamodb;
  if (OldImage === undefined || NewImage === undefined) return undefined;
  const [before, after] = [image.parse(OldImage), image.parse(NewImage)];
  switch (tableNameIn(record.eventSourceARN)) {
    case tables.channels:
      return {
        table: 'channels',
        before: announcedChannelRow.parse(before),
        after: announcedChannelRow.parse(after),
      };
    case tables.stages:
      return {
        table: 'stages',
        before: announcedStageRow.parse(before),
        after: announcedStageRow.parse(after),
      };
    default:
      throw new Error(`a record of ${record.eventSourceARN}, whose changes are not announced`);
  }
}

/** Returns the table of a stream: `arn:aws:dynamodb:us-west-2:123456789012:table/<name>/stream/<time>`. */
const tableNameIn = (streamArn: string) => /:table\/([^/]+)\/stream\//.exec(streamArn)?.[1];
