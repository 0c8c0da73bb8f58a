import { createHash } from 'node:crypto';

const MODULUS = 1n << 256n;

/**
 * A digest of a set of rows that does not depend on their order, because scans return rows in no order: the
 * sum of the rows' SHA-256 digests modulo 2^256. Rows can be added in parallel, and none is kept in memory.
 */
export class RowsDigest {
  #sum = 0n;
  #rows = 0;

  add(rowText: string): void {
    const digest = createHash('sha256').update(rowText).digest('hex');
    this.#sum = (this.#sum + BigInt(`0x${digest}`)) % MODULUS;
    this.#rows += 1;
  }

  get rows(): number {
    return this.#rows;
  }

  /** 64 hexadecimal digits. */
  get hex(): string {
    return this.#sum.toString(16).padStart(64, '0');
  }
}
