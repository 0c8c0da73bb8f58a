import { type TableName, tableNames } from '../model/tables.ts';

/** Counts rows by table. */
export class Tally {
  readonly #counts = new Map<TableName, number>();

  add(table: TableName, rows: number): void {
    this.#counts.set(table, this.of(table) + rows);
  }

  of(table: TableName): number {
    return this.#counts.get(table) ?? 0;
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, rows) => sum + rows, 0);
  }

  /** Returns the tables with at least one row, in the schema's order. */
  entries(): (readonly [TableName, number])[] {
    return tableNames.map(name => [name, this.of(name)] as const).filter(([, rows]) => rows > 0);
  }

  /** Returns a text such as `users 3, streams 2`. */
  toString(): string {
    return this.entries()
      .map(([table, rows]) => `${table} ${rows}`)
      .join(', ');
  }
}
